// assay formats, sniff, methods, explanations, version
#include <fmt/core.h>

#include "assay/store.h"
#include "command.h"
#include "text.h"

namespace assay::cli {
namespace {

std::string with_each_line(std::string_view text, std::string_view before) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += fmt::format("{}{}\n", before, safe(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace

Result<int> print_table(Session& session, const std::string& name,
                        const std::vector<std::vector<Json>>& rows) {
  if (!session.wants_json) {
    std::vector<std::vector<std::string>> texts;
    for (const auto& row : rows) {
      auto& line = texts.emplace_back();
      for (const Json& cell : row) {
        line.push_back(cell.is_string()         ? cell.get<std::string>()
                       : cell.is_number_float() ? fmt::format("{}", cell.get<double>())
                       : cell.is_null()         ? ""
                                                : cell.dump());
      }
    }
    session.print(columns(texts));
    return kDone;
  }
  Json array = Json::array();
  for (std::size_t i = 1; i < rows.size(); ++i) {
    Json entry;
    for (std::size_t k = 0; k < rows[0].size(); ++k) {
      entry[rows[0][k].get<std::string>()] = rows[i][k];
    }
    array.push_back(std::move(entry));
  }
  session.print_json({{name, array}});
  return kDone;
}

Job declare_formats(CLI::App&) {
  return [](Session& session) {
    std::vector<std::vector<Json>> rows = {{"name", "records", "unit", "summary"}};
    for (const Reader* reader : all_readers()) {
      rows.push_back({std::string(reader->name()), std::string(reader->record_kind()),
                      std::string(reader->unit()), std::string(reader->summary())});
    }
    return print_table(session, "formats", rows);
  };
}

Job declare_methods(CLI::App&) {
  return [](Session& session) {
    std::vector<std::vector<Json>> rows = {{"name", "version", "summary"}};
    for (const Method* method : all_methods()) {
      rows.push_back({std::string(method->name()), std::string(method->version()),
                      std::string(method->summary())});
    }
    return print_table(session, "methods", rows);
  };
}

Job declare_explanations(CLI::App&) {
  return [](Session& session) {
    std::vector<std::vector<Json>> rows = {{"code", "name", "role", "proposition"}};
    for (const Explanation* explanation : all_explanations()) {
      rows.push_back({std::string(explanation->code()), std::string(explanation->name()),
                      std::string(to_string(explanation->role())),
                      std::string(explanation->proposition())});
    }
    return print_table(session, "explanations", rows);
  };
}

Job declare_sniff(CLI::App& app) {
  auto files = std::make_shared<std::vector<std::string>>();
  app.add_option("FILE", *files, "files or folders")->required();
  return [files](Session& session) -> Result<int> {
    end_on_signals();
    Json array = Json::array();
    for (const std::string& path : *files) {
      auto reports = sniff_file(path);
      if (!reports.ok()) return reports.error();
      for (const SniffReport& report : *reports) {
        Json scores = Json::array();
        std::string text = fmt::format("{}{}: {}\n", safe(report.name),
                                       report.encoding.empty() ? "" : " (" + report.encoding + ")",
                                       report.chosen.empty() ? "no format" : report.chosen);
        for (const auto& [reader, score] : report.scores) {
          scores.push_back({{"format", reader}, {"score", score.score}, {"why", score.why}});
          if (score.score == 0 && score.why.empty()) continue;
          text += fmt::format("    {:>3} {}: {}\n", score.score, reader, safe(score.why));
        }
        // A mapping is saved and passed with --mapping: what stands before it becomes comments.
        if (report.chosen == "delimited") {
          text = with_each_line(text, "# ") + with_each_line(report.plan, "");
        } else {
          text += safe_lines(report.plan);
        }
        array.push_back({{"name", safe(report.name)},
                         {"encoding", report.encoding},
                         {"chosen", report.chosen},
                         {"scores", scores},
                         {"plan", report.plan}});
        if (!session.wants_json) session.print(text);
      }
    }
    if (session.wants_json) session.print_json({{"files", array}});
    return kDone;
  };
}

Job declare_version(CLI::App&) {
  return [](Session& session) -> Result<int> {
    const std::string store =
        has_embedded_store() ? "segments, memory, embedded" : "segments, memory";
    if (session.wants_json) {
      session.print_json({{"version", ASSAY_VERSION},
                          {"stores", store},
                          {"zone_database", zone_database_version()}});
    } else {
      session.print(fmt::format("assay {}\nrecord stores: {}\ntime zones: {}\n", ASSAY_VERSION,
                                store, zone_database_version()));
    }
    return kDone;
  };
}

}  // namespace assay::cli
