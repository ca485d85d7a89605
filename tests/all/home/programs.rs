//! Devices that programs move: the household's own, and players on this machine.

use std::os::unix::fs::PermissionsExt;

use crate::support::Program;

/// Writes a program that can be run.
fn script(program: Program, name: &str, text: &str) -> Program {
    let program = program.file(name, text);
    let file = program.folder().join(name);
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    program
}

/// The program with `bin/` first on its path, and what it was asked.
fn ask(program: &Program, text: &str) -> (i32, String) {
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", program.folder().join("bin").display());
    let output = program.command().env("PATH", path).args(["ask", text]).output().expect("it runs");
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned())
}

const CONFIG: &str = "[understanding]\ntrained = false\n[home]\nfile = \"home.toml\"\nanswer_ms = 10000\n";

#[test]
fn a_program_is_told_the_change_and_asked_for_the_state() {
    let home = "[[devices]]\nname = \"Desk Lamp\"\nkind = \"light\"\ncan = [\"brightness\"]\n\
                command = { set = [\"lampctl\", \"set\", \"{on}\", \"{brightness}\"], query = [\"lampctl\", \"get\"] }\n";
    // A lamp whose state is a file: JSON comes in, JSON goes out.
    let lampctl =
        "#!/bin/sh\nif [ \"$1\" = set ]; then echo \"$2 $3\" >> told; cat > state; else cat state; fi\n";
    let program = Program::new().config(CONFIG).file("home.toml", home).file("state", "{\"on\": false}\n");
    let program = script(program, "bin/lampctl", lampctl);
    let (code, said) = ask(&program, "set the desk lamp to 40 percent");
    assert!(code == 0 && said.contains("I set the Desk Lamp to 40 percent."), "{said}");
    let told = std::fs::read_to_string(program.folder().join("told")).expect("it was told");
    assert_eq!(told, "true 40\n");
    let (_, said) = ask(&program, "is the desk lamp on");
    assert!(said.contains("Yes, the Desk Lamp is on."), "{said}");

    let program =
        script(program, "bin/lampctl", "#!/bin/sh\nif [ \"$1\" = set ]; then exit 1; else cat state; fi\n");
    let (code, said) = ask(&program, "turn off the desk lamp");
    assert!(code == 1 && said.contains("The Desk Lamp could not do it."), "{said}");
}

const MUSIC: &str = "[[devices]]\nname = \"Music\"\nkind = \"media_player\"\nmpris = \"any\"\n";

#[test]
fn media_keys_go_to_the_player() {
    let program = Program::new().config(CONFIG).file("home.toml", MUSIC);
    let playerctl = "#!/bin/sh\ncase \"$1\" in --version|status) echo Playing;; volume) [ -n \"$2\" ] || echo 0.4; [ -z \"$2\" ] || echo \"$@\" >> told;; *) echo \"$@\" >> told;; esac\n";
    let program = script(program, "bin/playerctl", playerctl);
    for text in [
        "pause the music",
        "resume the music",
        "next track",
        "previous track",
        "set music volume to 30 percent",
    ] {
        let (code, said) = ask(&program, text);
        assert_eq!(code, 0, "{text}: {said}");
    }
    let told = std::fs::read_to_string(program.folder().join("told")).expect("it was told");
    assert_eq!(told, "pause\nplay\nnext\nprevious\nvolume 0.30\n");
}

#[test]
fn without_playerctl_one_line_says_so() {
    let program = Program::new().config(CONFIG).file("home.toml", MUSIC);
    let mut command = program.command();
    command.env("PATH", program.folder());
    let output = command.args(["ask", "pause the music"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("Music cannot be reached."), "{said}");
    let mut command = program.command();
    let shown = command.env("PATH", program.folder()).args(["home"]).output().expect("it runs");
    let shown = String::from_utf8_lossy(&shown.stdout);
    assert!(shown.contains("get it with `sudo apt install playerctl`"), "{shown}");
}

#[test]
fn a_contradictory_home_is_refused_with_its_line() {
    let home = "[[devices]]\nname = \"Desk Lamp\"\nkind = \"light\"\nha = \"light.desk\"\nmpris = \"any\"\n";
    let program = Program::new().config(CONFIG).file("home.toml", home);
    let checked = program.run(["config", "check"]);
    assert_eq!(checked.code(), 2);
    let said = checked.stderr();
    assert!(said.contains("home.toml:5: a device is reached in one way; keep one of"), "{said}");
}
