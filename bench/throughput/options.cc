#include "options.h"

#include <charconv>
#include <system_error>

namespace bench {

const char kUsage[] =
    "usage: ferro-bench [--sqlite PATH] [--postgresql URL] [--mariadb URL] [--mysql URL]\n"
    "                   [--json FILE] [--rounds N] [--rows N] [--chunk N] [--singles N] [--gets "
    "N]\n"
    "\n"
    "Inserts, gets and scans through the C ABI on each database named, in turn, and prints the\n"
    "median of the rounds. Makes the tables ferro_bench_read and ferro_bench_write and drops "
    "them;\n"
    "tables of these names that are there already are lost.\n"
    "  --json FILE   every sample, for chart.py\n"
    "  --rounds N    samples of each workload (5), after one that is thrown away\n"
    "  --rows N      rows of the table that is read (100000)\n"
    "  --chunk N     rows of one bulk insert (10000)\n"
    "  --singles N   inserts of one row (300)\n"
    "  --gets N      gets by key (1000)\n";

namespace {

// A whole number from 1 to `most`; 0 when `text` is none.
size_t Count(const std::string& text, size_t most) {
  size_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, fault] = std::from_chars(text.data(), end, value);
  return fault == std::errc() && rest == end && value <= most ? value : 0;
}

}  // namespace

bool ParseOptions(int argc, char** argv, Options& out, std::string& error) {
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--help" || option == "-h") {
      out.help = true;
      return true;
    }
    if (i + 1 == argc) {
      error = "unknown option, or one without its value: " + option;
      return false;
    }
    const std::string value = argv[++i];
    size_t* number = nullptr;
    if (option == "--sqlite") {
      // A path that begins with '/' makes four slashes, which is how a URL says absolute.
      out.databases.emplace_back("sqlite", "sqlite:///" + value);
    } else if (option == "--postgresql" || option == "--mariadb" || option == "--mysql") {
      out.databases.emplace_back(option.substr(2), value);
    } else if (option == "--json") {
      out.json = value;
    } else if (option == "--rounds") {
      number = &out.rounds;
    } else if (option == "--rows") {
      number = &out.sizes.rows;
    } else if (option == "--chunk") {
      number = &out.sizes.chunk;
    } else if (option == "--singles") {
      number = &out.sizes.singles;
    } else if (option == "--gets") {
      number = &out.sizes.gets;
    } else {
      error = "unknown option: " + option;
      return false;
    }
    if (number == nullptr) continue;
    *number = Count(value, 100'000'000);
    if (*number == 0) {
      error = option + " wants a whole number from 1";
      return false;
    }
  }
  if (out.databases.empty()) error = "no database named";
  return !out.databases.empty();
}

}  // namespace bench
