# Days until a date, with nothing but Bash.
source "$ENTRENOUS_LIB/entrenous.sh"

# Puts the number of days since 1970 of a date (YYYY-MM-DD) into $REPLY.
days_of() {
  local -i y=10#${1:0:4} m=10#${1:5:2} d=10#${1:8:2}
  ((m <= 2)) && ((y -= 1, m += 12))
  REPLY=$((365 * y + y / 4 - y / 100 + y / 400 + (153 * (m - 3) + 2) / 5 + d - 1 - 719468))
}

on_intent() {
  local date event today
  config date; date=$REPLY
  config event; event=$REPLY
  if [[ -z $date ]]; then
    case $LANGUAGE in
      fr) say "Je ne sais pas quel jour vous attendez. Réglez-le avec entrenous plugin set countdown date." ;;
      *) say "I do not know which day you are waiting for. Set it with entrenous plugin set countdown date." ;;
    esac
    return
  fi
  printf -v today '%(%Y-%m-%d)T' -1
  days_of "$today"; local -i from=$REPLY
  days_of "$date"; local -i left=$((REPLY - from))
  case $LANGUAGE in
    fr)
      event=${event:-le grand jour}
      if ((left > 1)); then say "Encore $left jours, puis c'est $event."
      elif ((left == 1)); then say "Demain, c'est $event !"
      elif ((left == 0)); then say "Aujourd'hui, c'est $event !"
      else say "C'était il y a $((-left)) jours."; fi
      ;;
    *)
      event=${event:-the big day}
      if ((left > 1)); then say "$left days until $event."
      elif ((left == 1)); then say "Tomorrow is $event!"
      elif ((left == 0)); then say "Today is $event!"
      else say "That was $((-left)) days ago."; fi
      ;;
  esac
}

entrenous_run
