source "$ENTRENOUS_LIB/entrenous.sh"

on_intent() {
  slot who
  case $LANGUAGE in
    fr) say "Bonjour${REPLY:+, $REPLY} !" ;;
    *) say "Hello${REPLY:+, $REPLY}!" ;;
  esac
}

entrenous_run
