#include "report.h"

#include <algorithm>
#include <cstdio>
#include <thread>

namespace bench {
namespace {

std::string Number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (code < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(code));
      out += escaped;
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string Padded(const std::string& text, size_t width, bool right) {
  if (text.size() >= width) return text;
  const std::string space(width - text.size(), ' ');
  return right ? space + text : text + space;
}

std::string SamplesJson(const std::vector<double>& samples) {
  std::string out = "[";
  for (size_t i = 0; i < samples.size(); ++i) out += (i == 0 ? "" : ", ") + Number(samples[i]);
  return out + "]";
}

std::string SeriesJson(const Series& series) {
  std::string out = "    {\"name\": " + Quoted(series.name) +
                    ", \"dialect\": " + Quoted(series.dialect) +
                    ", \"server\": " + Quoted(series.server) +
                    ", \"error\": " + (series.error.empty() ? "null" : Quoted(series.error)) +
                    ",\n     \"workloads\": {";
  bool first = true;
  for (size_t w = 0; w < kWorkloads.size(); ++w) {
    const std::vector<double>& samples = series.samples[w];
    if (samples.empty()) continue;
    out += std::string(first ? "" : ",") + "\n       " + Quoted(kWorkloads[w].name) +
           ": {\"unit\": " + Quoted(kWorkloads[w].unit) +
           ", \"median\": " + Number(Median(samples)) + ", \"samples\": " + SamplesJson(samples) +
           "}";
    first = false;
  }
  return out + "}}";
}

}  // namespace

double Median(std::vector<double> samples) {
  if (samples.empty()) return 0;
  std::sort(samples.begin(), samples.end());
  const size_t middle = samples.size() / 2;
  if (samples.size() % 2 == 1) return samples[middle];
  return (samples[middle - 1] + samples[middle]) / 2;
}

std::string TextTable(const std::vector<Series>& run) {
  constexpr size_t kFirst = 36, kOther = 16;
  std::string out = Padded("median per second", kFirst, false);
  for (const Series& series : run) out += Padded(series.name, kOther, true);
  for (size_t w = 0; w < kWorkloads.size(); ++w) {
    const std::string unit = kWorkloads[w].unit;
    const std::string label =
        std::string(kWorkloads[w].name) + " (" + unit.substr(0, unit.find('/')) + ")";
    out += "\n" + Padded(label, kFirst, false);
    for (const Series& series : run) {
      const std::vector<double>& samples = series.samples[w];
      char text[40] = "-";
      if (!samples.empty()) std::snprintf(text, sizeof text, "%.0f", Median(samples));
      out += Padded(text, kOther, true);
    }
  }
  return out + "\n";
}

std::string Json(const std::vector<Series>& run, const Sizes& sizes, size_t rounds) {
  const int version = ferro_version();
  std::string out =
      "{\n  \"library\": \"" + std::to_string(version / 1'000'000) + "." +
      std::to_string(version / 1'000 % 1'000) + "." + std::to_string(version % 1'000) +
      "\",\n  \"processors\": " + std::to_string(std::thread::hardware_concurrency()) +
      ",\n  \"settings\": {\"rounds\": " + std::to_string(rounds) +
      ", \"rows\": " + std::to_string(sizes.rows) + ", \"chunk\": " + std::to_string(sizes.chunk) +
      ", \"singles\": " + std::to_string(sizes.singles) +
      ", \"gets\": " + std::to_string(sizes.gets) + "},\n  \"databases\": [\n";
  for (size_t i = 0; i < run.size(); ++i) {
    out += SeriesJson(run[i]) + (i + 1 < run.size() ? ",\n" : "\n");
  }
  return out + "  ]\n}\n";
}

}  // namespace bench
