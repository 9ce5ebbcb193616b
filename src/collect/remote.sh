# assay collect, the part that runs on the host. It is fed to `sh -s` over ssh and reads only: it
# writes no file, starts no service, changes no setting. What is to be read stands behind it as
# calls of the functions below (plan, take, run), made from the plan. The answers are lines that
# begin with the token of this session, some with so many bytes behind them.
#
# It uses sh, stat, head, tail, wc, cat, date, uname, id, readlink; dd and timeout where they are;
# sha256sum, openssl or shasum. Of the files that it reads, access times stay as they are where dd
# knows `noatime` and the user is their owner; elsewhere reading may change them, and the list of
# the collection says so. The login itself leaves what every login leaves.
LC_ALL=C TZ=UTC
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL TZ PATH
unset IFS
umask 077

# --- answers ---
size_of() { # TEXT
  # shellcheck disable=SC2046 # wc pads its number with blanks
  set -- $(printf %s "$1" | wc -c)
  printf %s "$1"
}
answer() { printf '%s %s\n' "$token" "$*"; }
# WORDS TEXT [TEXT]: the words, the sizes of both texts, then the texts.
answer_text() {
  answer "$1" "$(size_of "$2")" "$(size_of "${3-}")"
  printf '%s%s\n' "$2" "${3-}"
}
refuse() { answer_text "refuse $1 $2" "$3"; } # INDEX CODE WHY

# --- tools ---
if command -v sha256sum > /dev/null 2>&1; then
  digest() { sha256sum; }
elif command -v openssl > /dev/null 2>&1; then
  digest() { openssl dgst -sha256 -r; }
else
  digest() { shasum -a 256; }
fi
hash() { digest 2> /dev/null | { read -r hash_word rest && printf %s "$hash_word"; }; }
facts() { # PATH
  stat -L -c '%s %i %d %h %f %u %g %Y %Z %X %U %G|%y|%z|%x' -- "$1" 2> /dev/null
}

hello() { # TOKEN
  token=$1
  answer hello 1
  empty=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
  [ "$(printf '' | hash)" = $empty ] || answer lacks sha256sum
  facts / > /dev/null || answer lacks "stat -c"
  [ "$(printf abc | tail -c +2 | head -c 1)" = b ] || answer lacks "head -c"
}
clock() { answer clock "$(date -u +%s.%N)"; }
look() {
  answer_text name "$(uname -n)"
  answer_text system "$(uname -s) $(uname -r) $(uname -v) $(uname -m)"
  answer_text user "$(id -un 2> /dev/null)"
  answer_text uid "$(id -u)"
  answer_text zone "$(readlink /etc/localtime 2> /dev/null || cat /etc/timezone 2> /dev/null)"
  answer_text offset "$(unset TZ && date +%z)"
  answer looked
}

# --- which files there are ---
# Says why there is nothing under PATH.
missing() { # PLAN PATH
  above=$2
  while [ -n "$above" ] && [ ! -e "$above" ]; do above=${above%/*}; done
  if [ -d "${above:-/}" ] && [ ! -x "${above:-/}" ]; then
    answer_text "problem $1 permission_denied" "$2" "cannot enter the folder ${above:-/}"
  else
    answer_text "problem $1 not_there" "$2" "cannot look at it: No such file or directory"
  fi
}
walk() { # PLAN FOLLOWS DEPTH PATH
  if [ -h "$4" ]; then
    kind="other"
    [ -f "$4" ] && kind="file"
    [ -d "$4" ] && kind="folder"
    if [ "$2" = 1 ]; then to=$(readlink -f -- "$4"); else to=$(readlink -- "$4"); fi
    set -- "$1" "$4" "$kind" "$to" "$(stat -L -c %s -- "$4" 2> /dev/null)"
    answer_text "link $1 $3 ${5:-0}" "$2" "$4"
  elif [ -d "$4" ]; then
    case $(stat -f -c %T -- "$4" 2> /dev/null) in
      proc | sysfs | debugfs | tracefs | cgroup*)
        answer_text "problem $1 pseudo_files" "$4" \
          "what lies there is made by the kernel when it is read"
        return
        ;;
    esac
    if [ ! -r "$4" ] || [ ! -x "$4" ]; then
      answer_text "problem $1 permission_denied" "$4" "cannot list the folder: Permission denied"
    elif [ "$3" -ge 16 ]; then
      answer_text "problem $1 limit_of_depth" "$4" "more than 16 folders below one that is named"
    else
      for found in "$4"/* "$4"/.[!.]* "$4"/..?*; do
        if [ -e "$found" ] || [ -h "$found" ]; then walk "$1" "$2" $(($3 + 1)) "$found"; fi
      done
    fi
  elif [ -f "$4" ]; then
    answer_text "file $1 $(stat -c %s -- "$4")" "$4"
  elif [ -e "$4" ]; then
    answer_text "problem $1 special_file" "$4" "a pipe, socket or device is not read"
  else
    missing "$1" "$4"
  fi
}
plan() { # PLAN FOLLOWS FOLDER PATTERN
  IFS=
  # shellcheck disable=SC2086 # it is to be expanded, and not split
  set -- "$1" "$2" "$3" "$4" $4
  unset IFS
  plan_number=$1 plan_follows=$2 plan_folder=$3 plan_pattern=$4
  shift 4
  if [ "$1" = "$plan_pattern" ] && [ ! -e "$1" ] && [ ! -h "$1" ]; then
    if [ -d "$plan_folder" ] && [ ! -r "$plan_folder" ]; then
      answer_text "problem $plan_number permission_denied" "$plan_folder" \
        "cannot list the folder: Permission denied"
    elif [ "$plan_folder" != "$plan_pattern" ] && [ -d "$plan_folder" ]; then
      answer_text "problem $plan_number not_there" "$plan_pattern" \
        "nothing on this host fits the pattern"
    else
      missing "$plan_number" "$plan_pattern"
    fi
    return
  fi
  for listed; do walk "$plan_number" "$plan_follows" 0 "$listed"; done
}

# --- a file ---
part() { # OFFSET COUNT: of the file that is open as 3
  if [ "$noatime" = 1 ]; then
    dd if="$opened" iflag=noatime,skip_bytes,count_bytes,fullblock bs=262144 skip="$1" count="$2" \
      2> /dev/null
  else
    tail -c +$(($1 + 1)) "$opened" 2> /dev/null | head -c "$2"
  fi
}
take() { # INDEX OFFSET HASH MOST PATH
  if [ -h "$5" ]; then
    refuse "$1" symbolic_link "it is a symbolic link by now"
  elif [ ! -e "$5" ]; then
    refuse "$1" vanished "cannot open it: No such file or directory"
  elif [ ! -f "$5" ]; then
    refuse "$1" special_file "it is no regular file any more"
  elif [ ! -r "$5" ]; then
    refuse "$1" permission_denied "cannot open it: Permission denied"
  else
    is_open=0
    { is_open=1 && take_open "$@"; } 3< "$5" 2> /dev/null
    [ $is_open = 1 ] || refuse "$1" cannot_read "cannot open it"
  fi
}
take_open() {
  # The open file, also when its name leads elsewhere by now.
  opened=/proc/self/fd/3
  [ -e $opened ] || opened=$5
  noatime=0
  dd if="$opened" iflag=noatime,skip_bytes,count_bytes,fullblock bs=1 skip=0 count=0 of=/dev/null \
    2> /dev/null && noatime=1
  before=$(facts "$opened")
  size=${before%% *}
  if [ -z "$before" ]; then
    refuse "$1" cannot_read "cannot look at it"
    return
  elif [ "$size" -gt "$4" ]; then
    refuse "$1" limit_of_bytes "it has $size bytes, the plan leaves $4"
    return
  fi
  from=0
  if [ "$2" -gt 0 ] && [ "$size" -ge "$2" ] && [ "$(part 0 "$2" | hash)" = "$3" ]; then from=$2; fi
  answer "begin $1 $from $size $before"
  # So many bytes and no other number, whatever becomes of the file: what is missing is zeros, and
  # the count below says how many bytes were its own.
  if [ "$size" -gt "$from" ]; then
    { part "$from" $((size - from)); cat /dev/zero; } 2> /dev/null | head -c $((size - from))
  fi
  after=$(facts "$opened")
  now=${after%% *}
  [ "$now" -gt "$size" ] && now=$size
  place=0
  if [ ! -e "$5" ]; then
    place=2
  elif [ "$(stat -c '%d %i' -- "$5")" != "$(stat -L -c '%d %i' -- "$opened")" ]; then
    place=1
  fi
  answer "end $1 $now $(part 0 "$now" | hash) $place $after"
}

# --- a program ---
has() { command -v "$1" > /dev/null 2>&1; }
run() { # INDEX CHOICE SECONDS PROGRAM ARGUMENTS
  index=$1 seconds=$3
  answer "command $1 $2"
  shift 3
  if has timeout; then set -- timeout -k 5 "$seconds" "$@"; fi
  { errors=$("$@" < /dev/null 2>&1 1>&4 4>&-) && code=0 || code=$?; } 4>&1
  printf '\n'
  answer_text "ran $index $code" "$(printf %.8192s "$errors")"
}
bye() { answer bye; }
