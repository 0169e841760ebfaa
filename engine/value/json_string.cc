#include "engine/value/json_string.h"

namespace ferro {

void AppendJsonString(std::string& out, absl::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  constexpr absl::string_view kShort = "\b\f\n\r\t";
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte >= 0x20) {
      out.push_back(c);
    } else if (const size_t known = kShort.find(c); known != kShort.npos) {
      out.push_back('\\');
      out.push_back("bfnrt"[known]);
    } else {
      out += "\\u00";
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  out.push_back('"');
}

}  // namespace ferro
