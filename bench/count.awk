# Count by client, name, type and hour of a BIND 9.18 query log: the rival's half of bench/run.
BEGIN {
  split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", names, " ")
  for (i = 1; i <= 12; i++) month[names[i]] = sprintf("%02d", i)
}
$9 == "query:" {
  split($7, client, "#")
  count[client[1] "," tolower($10) "," $12 "," $1 "T" substr($2, 1, 2)]++
}
END {
  # The date is turned round here, once a group, to spare the rival the work once a line.
  for (key in count) {
    n = length(key)  # ...02-Mar-2026T00
    print substr(key, 1, n - 14) substr(key, n - 6, 4) "-" month[substr(key, n - 10, 3)] \
          "-" substr(key, n - 13, 2) substr(key, n - 2) "," count[key]
  }
}
