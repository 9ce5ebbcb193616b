#include "collect/plan.h"

namespace assay::collecting {

// Only programs that print and change nothing. No shell stands between, and no word of the plan
// becomes an argument here. `exim` is called exim4 by Debian and its children.
const std::vector<KnownCommand>& known_commands() {
  static const std::vector<KnownCommand> kCommands = {
      {"queue", "postfix", {{"postqueue", "-j"}, {"postqueue", "-p"}}},
      {"queue", "exim", {{"exim4", "-bp"}, {"exim", "-bp"}}},
      {"queue", "sendmail", {{"mailq"}}},
      {"configuration", "postfix", {{"postconf", "-n"}}},
      {"configuration", "bind", {{"named-checkconf", "-p"}}},
      {"configuration", "exim", {{"exim4", "-bP"}, {"exim", "-bP"}}},
      {"clock", "timedatectl", {{"timedatectl", "show"}}},
      {"clock", "chrony", {{"chronyc", "-n", "tracking"}}},
      {"clock", "ntpq", {{"ntpq", "-pn"}}},
      {"version", "bind", {{"named", "-V"}}},
      {"version", "unbound", {{"unbound", "-V"}}},
      {"version", "postfix", {{"postconf", "-d", "mail_version"}}},
      {"version", "exim", {{"exim4", "-bV"}, {"exim", "-bV"}}},
      {"version", "rspamd", {{"rspamd", "--version"}}},
      {"version", "dovecot", {{"dovecot", "--version"}}},
      {"version", "opendkim", {{"opendkim", "-V"}}},
      {"version", "powerdns", {{"pdns_server", "--version"}}},
      {"version", "knot", {{"knotd", "--version"}}},
      {"version", "nsd", {{"nsd", "-v"}}},
      {"version", "dnsmasq", {{"dnsmasq", "--version"}}},
      {"version", "systemd", {{"systemctl", "--version"}}},
      {"version", "kernel", {{"uname", "-a"}}},
  };
  return kCommands;
}

}  // namespace assay::collecting
