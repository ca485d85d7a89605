# Plugins for Entrenous in Bash, without any other program: nothing here starts a process.
#
#     source "$ENTRENOUS_LIB/entrenous.sh"
#     on_intent() { say "Hello!"; }       # $1 is the intent's name
#     entrenous_run
#
# In a handler: `slot NAME` and `config NAME` put a value into $REPLY, $LANGUAGE is the language,
# `say TEXT` answers, `ask_yes_no TEXT` asks; then `on_answer` gets true or false as $1. `log TEXT`
# writes to the plugin's log. docs/plugins.md is the guide.

LANGUAGE=en
_CONFIG= _PARAMS= _SAY= _ASK=

log() { printf '%s\n' "$*" >&2; }
say() { _SAY+="${_SAY:+ }$*"; }
ask_yes_no() { _ASK=$*; }

# Puts the value that follows a pattern in a JSON text into $REPLY; escapes in text are resolved.
_value() {
  local text="$2"'("(([^"\\]|\\.)*)"|-?[0-9][0-9.eE+-]*|true|false|null)'
  REPLY=
  [[ $1 =~ $text ]] || return 1
  if [[ ${BASH_REMATCH[1]} == \"* ]]; then
    REPLY=${BASH_REMATCH[2]//\\\"/\"}
    printf -v REPLY '%b' "$REPLY"
  else
    REPLY=${BASH_REMATCH[1]}
  fi
}

slot() { _value "$_PARAMS" "\"$1\":\\{\"value\":"; }
config() { _value "$_CONFIG" "\"$1\":"; }

# Puts a text as JSON into $REPLY.
_quote() {
  REPLY=${1//\\/\\\\}
  REPLY=${REPLY//\"/\\\"}
  REPLY=${REPLY//$'\n'/ }
  REPLY=\"${REPLY//$'\t'/ }\"
}

_answer() {
  local result=
  if [[ -n $_SAY ]]; then _quote "$_SAY"; result="\"say\":$REPLY"; fi
  if [[ -n $_ASK ]]; then
    _quote "$_ASK"
    result+="${result:+,}\"ask\":{\"say\":$REPLY,\"expect\":{\"type\":\"yes_no\"}}"
  fi
  printf '{"jsonrpc":"2.0","id":%s,"result":{%s}}\n' "$1" "$result"
}

entrenous_run() {
  local line method id
  while IFS= read -r line; do
    # What stands before the parameters is the message's own.
    _PARAMS=${line#*\"params\":}
    _value "${line%%\"params\":*}" '"method":' || continue
    method=$REPLY
    _value "${line%%\"params\":*}" '"id":' || continue
    id=$REPLY _SAY= _ASK=
    case $method in
      initialize)
        _value "$_PARAMS" '"language":' && LANGUAGE=$REPLY
        _CONFIG=${_PARAMS#*\"config\":}
        _answer "$id"
        ;;
      intent)
        _value "$_PARAMS" '"intent":'
        on_intent "$REPLY"
        _answer "$id"
        ;;
      continue)
        _value "$_PARAMS" '"value":'
        on_answer "$REPLY"
        _answer "$id"
        ;;
      shutdown)
        _answer "$id"
        return
        ;;
      *) printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"no such method"}}\n' "$id" ;;
    esac
  done
}
