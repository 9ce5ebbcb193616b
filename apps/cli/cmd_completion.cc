// assay completion: scripts made from the command table.
#include <fmt/core.h>

#include "command.h"

namespace assay::cli {
namespace {

struct CommandWords {
  std::string name, summary;
  std::vector<std::pair<std::string, std::string>> options;  // "--zone", what it is
};

std::vector<CommandWords> all_words() {
  std::vector<CommandWords> all;
  for (const Command& command : all_commands()) {
    CLI::App app;
    (void)command.declare(app);
    CommandWords words{std::string(command.name), std::string(command.summary), {}};
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) {
        words.options.emplace_back("--" + name, option->get_description());
      }
    }
    words.options.emplace_back("--json", "one JSON document on standard output");
    all.push_back(std::move(words));
  }
  return all;
}

std::string quoted(std::string text) {
  for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 4) {
    text.replace(at, 1, "'\\''");
  }
  return "'" + text + "'";
}

std::string bash_script() {
  std::string cases, names;
  for (const CommandWords& words : all_words()) {
    names += (names.empty() ? "" : " ") + words.name;
    std::string options;
    for (const auto& [name, what] : words.options) options += (options.empty() ? "" : " ") + name;
    cases += fmt::format("    {}) words='{}' ;;\n", words.name, options);
  }
  return fmt::format(
      "_assay() {{\n"
      "  local current=\"${{COMP_WORDS[COMP_CWORD]}}\" words=\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W '{} help' -- \"$current\"))\n"
      "    return\n"
      "  fi\n"
      "  case \"${{COMP_WORDS[1]}}\" in\n{}  esac\n"
      "  case \"$current\" in\n"
      "    -*) COMPREPLY=($(compgen -W \"$words\" -- \"$current\")) ;;\n"
      "    *) COMPREPLY=($(compgen -f -- \"$current\")) ;;\n"
      "  esac\n"
      "}}\n"
      "complete -o filenames -F _assay assay\n",
      names, cases);
}

std::string zsh_script() {
  std::string names, cases;
  for (const CommandWords& words : all_words()) {
    names += fmt::format("    {}\n", quoted(words.name + ":" + words.summary));
    std::string options;
    for (const auto& [name, what] : words.options) options += " " + name;
    cases += fmt::format("    {}) compadd --{} ;;\n", words.name, options);
  }
  return fmt::format(
      "#compdef assay\n"
      "_assay() {{\n"
      "  local -a commands\n"
      "  commands=(\n{}  )\n"
      "  if (( CURRENT == 2 )); then\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  if [[ $words[CURRENT] != -* ]]; then\n"
      "    _files\n"
      "    return\n"
      "  fi\n"
      "  case $words[2] in\n{}  esac\n"
      "}}\n"
      "compdef _assay assay\n",
      names, cases);
}

std::string fish_script() {
  std::string text;
  for (const CommandWords& words : all_words()) {
    text += fmt::format("complete -c assay -n __fish_use_subcommand -f -a {} -d {}\n", words.name,
                        quoted(words.summary));
    for (const auto& [name, what] : words.options) {
      text += fmt::format("complete -c assay -n '__fish_seen_subcommand_from {}' -l {} -d {}\n",
                          words.name, name.substr(2), quoted(what));
    }
  }
  return text;
}

}  // namespace

Job declare_completion(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  app.add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  return [shell](Session& session) -> Result<int> {
    const std::string script = *shell == "bash"  ? bash_script()
                               : *shell == "zsh" ? zsh_script()
                                                 : fish_script();
    if (session.wants_json) {
      session.print_json({{"shell", *shell}, {"script", script}});
    } else {
      session.print(script);
    }
    return kDone;
  };
}

}  // namespace assay::cli
