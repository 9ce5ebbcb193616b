// Reads a page as strictly as the report promises to be written: every tag closed in order, every
// attribute in double quotes, no stray '<' or '>' or '&'. What is not so becomes a complaint.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay {

struct PageTag {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string_view attribute(std::string_view wanted) const;
};

struct Page {
  std::vector<PageTag> tags;  // opening ones, in order
  std::string text;           // outside of tags and of <style>
  std::vector<std::string> complaints;
};

Page read_page(std::string_view html);

}  // namespace assay
