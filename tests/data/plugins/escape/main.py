"""A plugin that tries to get out. Each attempt says what came of it: `OUT: …` when it worked."""

import ctypes
import os
import platform
import signal
import socket
import subprocess

from entrenous import Plugin

plugin = Plugin()
libc = ctypes.CDLL(None, use_errno=True)


def out(what):
    return f"OUT: {what}"


def system_call(number, *arguments):
    result = libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return out(f"{number} gave {result}")


def tcp(host, port):
    socket.create_connection((host, int(port)), timeout=2)
    return out("connected")


def udp(host, port):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"secret", (host, int(port)))
    return out("sent")


def raw(_):
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    return out("made")


def packet(_):
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    return out("made")


def unix(path):
    socket.socket(socket.AF_UNIX).connect(path)
    return out("connected")


def abstract(name):
    socket.socket(socket.AF_UNIX).connect("\0" + name)
    return out("connected")


def read(path):
    with open(path, "rb") as file:
        return out(f"read {len(file.read())} bytes")


def read_by_link(path):
    link = os.path.join(plugin.data, "link")
    if os.path.lexists(link):
        os.unlink(link)
    os.symlink(path, link)
    return read(link)


def hard_link(path):
    os.link(path, os.path.join(plugin.data, "hard"))
    return read(os.path.join(plugin.data, "hard"))


def list_folder(path):
    return out(f"{len(os.listdir(path))} names")


def write(path):
    with open(path, "w") as file:
        file.write("x")
    return out("written")


def remove(path):
    os.unlink(path)
    return out("removed")


def ptrace(pid):
    ATTACH = 16
    if libc.ptrace(ATTACH, int(pid), 0, 0) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return out("attached")


def parent(what):
    return read(f"/proc/{os.getppid()}/{what}")


def mount(path):
    if libc.mount(b"none", path.encode(), b"tmpfs", 0, None) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return out("mounted")


def namespace(_):
    NEWUSER = 0x10000000
    if libc.unshare(NEWUSER) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return out("a user namespace of its own")


def kill(pid):
    os.kill(int(pid), signal.SIGKILL)
    return out("killed")


def limit(pid):
    import resource

    resource.prlimit(int(pid), resource.RLIMIT_NOFILE, (0, 0))
    return out("limited another process")


def session(_):
    os.setsid()
    return out("a session of its own")


def group(_):
    os.setpgid(0, 0)
    return out("a group of its own")


def execute(path):
    done = subprocess.run([path, "-u"], capture_output=True, text=True)
    return f"user {done.stdout.strip()}"


def privileges(_):
    with open("/proc/self/status") as status:
        lines = dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)
    return f"NoNewPrivs {lines['NoNewPrivs']}, CapEff {lines['CapEff']}, CapBnd {lines['CapBnd']}, Seccomp {lines['Seccomp']}"


def descriptors(_):
    return "open: " + " ".join(sorted(os.listdir("/proc/self/fd"))[:-1])


def environment(_):
    return "environment: " + " ".join(sorted(os.environ))


# By number, as on x86-64: what has no function in Python.
CALLS = {
    "bpf": 321, "io_uring_setup": 425, "userfaultfd": 323, "perf_event_open": 298, "keyctl": 250, "add_key": 248,
    "process_vm_readv": 310, "process_vm_writev": 311, "open_by_handle_at": 304, "name_to_handle_at": 303,
    "memfd_create": 319, "shmget": 29, "init_module": 175, "kexec_load": 246, "setns": 308, "chroot": 161,
    "pivot_root": 155, "reboot": 169, "settimeofday": 164, "pidfd_open": 434, "pidfd_getfd": 438, "clone3": 435,
    "connect": 42, "bind": 49, "socketpair": 53, "execveat": 322, "personality": 135, "fanotify_init": 300,
    "mount_setattr": 442, "quotactl": 179, "swapon": 167, "acct": 163, "iopl": 172, "ioperm": 173,
    "move_pages": 279, "kcmp": 312, "ptrace": 101, "mknodat": 259, "setuid": 105, "setgid": 106,
}


def call(name):
    if platform.machine() != "x86_64":
        return "skipped: these numbers are for x86-64"
    return system_call(CALLS[name], 0, 0, 0, 0, 0)


@plugin.intent("Try")
def attempt(request):
    attempts = request.slot("with").split("|")
    try:
        return globals()[request.slot("attempt")](*attempts)
    except OSError as error:
        return f"{type(error).__name__}: {error.strerror}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


@plugin.intent("Calls")
def calls(request):
    return " ".join(sorted(CALLS))


plugin.run()
