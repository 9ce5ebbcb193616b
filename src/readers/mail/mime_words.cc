#include "readers/mail/mime_words.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "readers/mail/mail_text.h"

namespace assay {

namespace {

struct FreeText {
  void operator()(char* text) const { g_free(text); }
};
using Text = std::unique_ptr<char, FreeText>;

template <class Object>
struct Unref {
  void operator()(Object* object) const { g_object_unref(object); }
};
template <class Object>
using Owned = std::unique_ptr<Object, Unref<Object>>;

// What an address list may hold of colons: a group may hold a group in GMime, which descends.
constexpr std::ptrdiff_t kMaxColons = 100;
constexpr std::size_t kMaxCharsetName = 40;

// The character set of this machine must not decide what raw 8-bit text is read as.
GMimeParserOptions* options() {
  static GMimeParserOptions* const shared = [] {
    g_mime_init();
    GMimeParserOptions* made = g_mime_parser_options_new();
    static const char* charsets[] = {"utf-8", "iso-8859-1", nullptr};
    g_mime_parser_options_set_fallback_charsets(made, charsets);
    return made;
  }();
  return shared;
}

// For functions that take a C string, which NUL would cut.
std::string c_text(std::string_view value) {
  std::string text(value.substr(0, kMaxDecodedHeader));
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text;
}

bool is_plain_ascii(std::string_view text) {
  return text.find("=?") == text.npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
}

std::string parameter(GMimeParamList* list, const char* name) {
  GMimeParam* found = g_mime_param_list_get_parameter(list, name);
  const char* value = found ? g_mime_param_get_value(found) : nullptr;
  return value ? value : "";
}

void take_addresses(InternetAddressList* list, std::size_t most, std::vector<MailAddress>& out) {
  const int count = internet_address_list_length(list);
  for (int i = 0; i < count && out.size() < most; ++i) {
    InternetAddress* each = internet_address_list_get_address(list, i);
    if (INTERNET_ADDRESS_IS_GROUP(each)) {
      auto* members = internet_address_group_get_members(INTERNET_ADDRESS_GROUP(each));
      const char* name = internet_address_get_name(each);
      if (members && internet_address_list_length(members) > 0) {
        take_addresses(members, most, out);
      } else {
        out.push_back({std::string(name ? name : "") + ":;", ""});  // "undisclosed-recipients:;"
      }
    } else if (INTERNET_ADDRESS_IS_MAILBOX(each)) {
      const char* address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(each));
      const char* name = internet_address_get_name(each);
      MailAddress taken{{}, address ? address : ""};
      taken.text = name && *name ? std::string(name) + " <" + taken.address + ">" : taken.address;
      out.push_back(std::move(taken));
    }
  }
}

}  // namespace

std::string decoded_text(std::string_view value) {
  if (is_plain_ascii(value)) return std::string(value);
  const Text decoded(g_mime_utils_header_decode_text(options(), c_text(value).c_str()));
  return decoded ? std::string(decoded.get()) : std::string(value);
}

std::vector<MailAddress> parse_addresses(std::string_view value, std::size_t most) {
  std::vector<MailAddress> out;
  value = value.substr(0, kMaxDecodedHeader);
  if (std::count(value.begin(), value.end(), ':') > kMaxColons) return out;
  const Owned<InternetAddressList> list(
      internet_address_list_parse(options(), c_text(value).c_str()));
  if (list) take_addresses(list.get(), most, out);
  return out;
}

ContentType parse_content_type(std::string_view value) {
  ContentType out;
  out.type = "text/plain";
  if (value.find('/') == value.npos) return out;
  const Owned<GMimeContentType> parsed(g_mime_content_type_parse(options(), c_text(value).c_str()));
  if (!parsed) return out;
  const char* type = g_mime_content_type_get_media_type(parsed.get());
  const char* subtype = g_mime_content_type_get_media_subtype(parsed.get());
  if (type && subtype) out.type = lower_text(std::string(type) + "/" + subtype);
  GMimeParamList* list = g_mime_content_type_get_parameters(parsed.get());
  out.charset = parameter(list, "charset");
  out.boundary = parameter(list, "boundary");
  out.name = parameter(list, "name");
  out.protocol = lower_text(parameter(list, "protocol"));
  out.smime_type = lower_text(parameter(list, "smime-type"));
  return out;
}

ContentDisposition parse_content_disposition(std::string_view value) {
  ContentDisposition out;
  const Owned<GMimeContentDisposition> parsed(
      g_mime_content_disposition_parse(options(), c_text(value).c_str()));
  if (!parsed) return out;
  out.is_attachment = g_mime_content_disposition_is_attachment(parsed.get());
  out.file_name = parameter(g_mime_content_disposition_get_parameters(parsed.get()), "filename");
  return out;
}

struct ContentDecoder::State {
  GMimeEncoding encoding{};
  bool is_plain = true;
  std::string out;
};

ContentDecoder::ContentDecoder() : state_(std::make_unique<State>()) {}
ContentDecoder::~ContentDecoder() = default;

void ContentDecoder::start(std::string_view encoding) {
  const GMimeContentEncoding kind =
      g_mime_content_encoding_from_string(lower_text(trimmed(encoding).substr(0, 40)).c_str());
  state_->is_plain = kind != GMIME_CONTENT_ENCODING_BASE64 &&
                     kind != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE &&
                     kind != GMIME_CONTENT_ENCODING_UUENCODE;
  g_mime_encoding_init_decode(&state_->encoding, kind);
}

bool ContentDecoder::is_plain() const { return state_->is_plain; }

std::string_view ContentDecoder::step(std::string_view bytes) {
  if (state_->is_plain) return bytes;
  state_->out.resize(
      std::max(state_->out.size(), g_mime_encoding_outlen(&state_->encoding, bytes.size())));
  const std::size_t count =
      g_mime_encoding_step(&state_->encoding, bytes.data(), bytes.size(), state_->out.data());
  return {state_->out.data(), count};
}

std::string text_to_utf8(std::string text, const std::string& charset) {
  const bool is_named = !charset.empty() && charset.size() <= kMaxCharsetName &&
                        std::all_of(charset.begin(), charset.end(), [](char c) {
                          return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
                                 std::string_view("-_.:").find(c) != std::string_view::npos;
                        });
  if (!is_named || is_same_word(charset, "utf-8") || is_same_word(charset, "us-ascii")) {
    return text;
  }
  options();
  gsize read = 0, written = 0;
  const Text converted(g_convert(text.data(), static_cast<gssize>(text.size()), "UTF-8",
                                 g_mime_charset_iconv_name(charset.c_str()), &read, &written,
                                 nullptr));
  return converted && read == text.size() ? std::string(converted.get(), written) : text;
}

}  // namespace assay
