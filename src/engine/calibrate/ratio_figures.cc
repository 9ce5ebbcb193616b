#include "engine/calibrate/ratio_figures.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "explanations/likelihood/curves.h"

namespace assay {
namespace {

constexpr double kLeft = 70, kTop = 44, kPlotWidth = 420, kPlotHeight = 260;
constexpr const char* kForA = "#0b5394";
constexpr const char* kForB = "#b45309";

std::string picture(double width, double height, const std::string& title,
                    const std::string& body) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" role=\"img\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<title>{2}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
      "<text x=\"12\" y=\"20\" font-weight=\"bold\">{2}</text>\n{3}</svg>\n",
      width, height, title, body);
}

std::string text(double x, double y, const std::string& words, const char* anchor = "middle") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     words);
}

std::string line(double x1, double y1, double x2, double y2, const char* style) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n", x1, y1,
                     x2, y2, style);
}

// A plot from (x0, 0) to (x1, 1), with ticks.
class Plot {
 public:
  Plot(double x0, double x1) : x0_(x0), x1_(x1) {
    body_ = fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#777\"/>\n",
        kLeft, kTop, kPlotWidth, kPlotHeight);
    for (int i = 0; i <= 4; ++i) {
      body_ += text(kLeft - 8, y(i / 4.0) + 4, fmt::format("{:.2f}", i / 4.0), "end");
    }
  }
  double x(double value) const {
    return kLeft + kPlotWidth * (std::clamp(value, x0_, x1_) - x0_) / (x1_ - x0_);
  }
  double y(double value) const { return kTop + kPlotHeight * (1 - std::clamp(value, 0.0, 1.0)); }
  void tick(double at, const std::string& words) {
    body_ += text(x(at), kTop + kPlotHeight + 16, words);
  }
  void curve(const std::vector<std::pair<double, double>>& points, const char* colour,
             const char* dash) {
    body_ += fmt::format(
        "<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"2\" stroke-dasharray=\"{}\" "
        "points=\"",
        colour, dash);
    for (const auto& [px, py] : points) body_ += fmt::format("{:.1f},{:.1f} ", x(px), y(py));
    body_ += "\"/>\n";
  }
  void add(const std::string& some) { body_ += some; }
  const std::string& body() const { return body_; }

 private:
  double x0_, x1_;
  std::string body_;
};

// A thousand cases need no thousand points.
template <typename Points>
std::size_t stride_of(const Points& points) {
  return std::max<std::size_t>(1, points.size() / 400);
}

std::string grey(double share) {
  const int level = 255 - static_cast<int>(std::lround(200 * std::clamp(share, 0.0, 1.0)));
  return fmt::format("rgb({0},{0},255)", level);
}

// Cells of shares with words; names down the side, `columns` above.
std::string grid(const std::vector<std::string>& names, const std::vector<std::string>& columns,
                 const std::vector<std::vector<double>>& shares) {
  constexpr double kName = 170, kCell = 44, kRow = 22;
  std::string body;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    body += text(kName + kCell * (static_cast<double>(c) + 0.5), kTop + 4, columns[c]);
  }
  for (std::size_t r = 0; r < names.size(); ++r) {
    const double top = kTop + 12 + kRow * static_cast<double>(r);
    body += text(kName - 8, top + 15, names[r], "end");
    for (std::size_t c = 0; c < shares[r].size(); ++c) {
      if (std::isnan(shares[r][c])) continue;
      const double left = kName + kCell * static_cast<double>(c);
      body +=
          fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>\n",
                      left, top, kCell - 1, kRow - 1, grey(shares[r][c]));
      if (shares[r][c] < 0.005) continue;
      body += fmt::format(
          "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" fill=\"{}\">{:.2f}</text>\n",
          left + kCell / 2, top + 15, shares[r][c] > 0.6 ? "#fff" : "#000", shares[r][c]);
    }
  }
  return body;
}

}  // namespace

std::string tippett_figure(const ClaimStudy& study) {
  constexpr double kWidest = 3.5;
  Plot plot(-kWidest, kWidest);
  for (int power = -3; power <= 3; ++power) {
    plot.tick(power, power == 0 ? "1" : fmt::format("{:g}", std::pow(10, power)));
  }
  const auto points = likelihood::tippett_curve(study.test);
  std::vector<std::pair<double, double>> a, b;
  for (std::size_t i = 0; i < points.size(); i += stride_of(points)) {
    a.emplace_back(points[i].log10_lr, points[i].share_h1);
    b.emplace_back(points[i].log10_lr, points[i].share_h2);
  }
  plot.curve(a, kForA, "none");
  plot.curve(b, kForB, "6 4");
  const double cap = std::log10(study.claim.cap_a);
  plot.add(line(plot.x(cap), kTop, plot.x(cap), kTop + kPlotHeight,
                "stroke=\"#444\" stroke-dasharray=\"2 3\""));
  plot.add(line(plot.x(0), kTop, plot.x(0), kTop + kPlotHeight, "stroke=\"#ccc\""));
  plot.add(text(kLeft + kPlotWidth / 2, kTop + kPlotHeight + 34,
                "likelihood ratio; dotted: the cap, beyond which nothing is reported"));
  plot.add(text(kLeft + 6, kTop + kPlotHeight - 24,
                "solid: share of cases where it is so, with at least this ratio", "start"));
  plot.add(text(kLeft + 6, kTop + kPlotHeight - 8, "dashed: where it is not so", "start"));
  return picture(520, 360, "Tippett plot: " + study.claim.a, plot.body());
}

std::string reliability_figure(const ClaimStudy& study) {
  Plot plot(0, 1);
  for (int i = 0; i <= 4; ++i) plot.tick(i / 4.0, fmt::format("{:.2f}", i / 4.0));
  plot.add(line(plot.x(0), plot.y(0), plot.x(1), plot.y(1), "stroke=\"#bbb\""));
  for (const auto& point : likelihood::reliability_curve(study.test)) {
    const double x = plot.x(point.stated);
    plot.add(line(x, plot.y(point.found_low), x, plot.y(point.found_high), "stroke=\"#777\""));
    plot.add(fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\"/>\n", x,
                         plot.y(point.found), kForA));
  }
  plot.add(text(kLeft + kPlotWidth / 2, kTop + kPlotHeight + 34,
                "stated probability at even prior odds; upwards: share found, with 95 % limits"));
  return picture(520, 360, "Reliability: " + study.claim.a, plot.body());
}

std::string confusion_figure(const RatioStudy& study) {
  const auto& families = study.model.families();
  std::vector<std::string> columns, names;
  std::vector<std::vector<double>> shares;
  for (std::size_t i = 0; i < families.size(); ++i) {
    columns.push_back(fmt::format("{}", i + 1));
    names.push_back(fmt::format("{} {}", i + 1, families[i]));
    double sum = 0;
    for (const std::uint32_t count : study.confusion[i]) sum += count;
    auto& row = shares.emplace_back();
    for (const std::uint32_t count : study.confusion[i]) row.push_back(count / std::max(1.0, sum));
  }
  return picture(190 + 44 * static_cast<double>(families.size()),
                 72 + 22 * static_cast<double>(families.size()),
                 "True family (rows) and the likeliest one (columns), as shares",
                 grid(names, columns, shares));
}

std::string left_out_figure(const RatioStudy& study) {
  const auto& families = study.model.families();
  const std::size_t width = 2 * study.claims.size();
  std::vector<std::string> columns;
  std::vector<std::vector<double>> shares(families.size(), std::vector<double>(width, NAN));
  for (std::size_t c = 0; c < study.claims.size(); ++c) {
    const ClaimStudy& claim = study.claims[c];
    columns.push_back(fmt::format("{}a", c + 1));
    columns.push_back(fmt::format("{}b", c + 1));
    for (const auto* cap : {&claim.cap_a, &claim.cap_b}) {
      for (const likelihood::LeftOutRates& rates : cap->families) {
        const auto at = std::find(families.begin(), families.end(), rates.family);
        if (at == families.end() || rates.above[3].cases == 0) continue;
        shares[static_cast<std::size_t>(at - families.begin())]
              [2 * c + (cap == &claim.cap_a ? 0 : 1)] = rates.above[3].rate;
      }
    }
  }
  return picture(260 + 44 * static_cast<double>(width),
                 72 + 22 * static_cast<double>(families.size()),
                 "Left-out family: share of its cases with LR &gt; 10 for the wrong side",
                 grid(families, columns, shares));
}

}  // namespace assay
