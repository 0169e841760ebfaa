// A main() for harnesses where there is no libFuzzer: runs every file of a corpus, then mutations
// of them for some time. It knows nothing of coverage; it is for a short run with each test, long
// runs are libFuzzer's.
//
// usage: <harness> <corpus folder> [seconds] [seed]
//        <harness> <file>            one input, to look at a failure
#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "tests/fuzz/fuzz.h"

// Of the sanitizers' runtime, when there is one.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

using Bytes = std::vector<uint8_t>;

const char* name = "fuzz";
Bytes current;

// The input that a failure was found with, for running it again.
void Keep() {
  const std::string file = std::string("crash-") + name;
  if (std::FILE* out = std::fopen(file.c_str(), "wb")) {
    std::fwrite(current.data(), 1, current.size(), out);
    std::fclose(out);
    std::fprintf(stderr, "the input is in %s\n", file.c_str());
  }
}

void OnSignal(int number) {
  Keep();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

void Run(const Bytes& input) {
  current = input;
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

Bytes ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class Mutator {
 public:
  Mutator(const std::vector<Bytes>& corpus, uint32_t seed) : corpus_(corpus), random_(seed) {}

  Bytes Next() {
    Bytes bytes = corpus_[Below(corpus_.size())];
    for (size_t n = 1 + Below(4); n > 0; --n) Change(bytes);
    if (bytes.size() > 4096) bytes.resize(4096);
    return bytes;
  }

 private:
  size_t Below(size_t bound) { return bound == 0 ? 0 : random_() % bound; }
  Bytes::iterator At(Bytes& bytes, size_t extra) {
    return bytes.begin() + static_cast<std::ptrdiff_t>(Below(bytes.size() + extra));
  }

  void Change(Bytes& bytes) {
    static constexpr uint8_t kTelling[] = {0, 1, 0x7F, 0x80, 0xFF, '0', '9', '-', '.', ' ', '('};
    switch (Below(7)) {
      case 0:
        if (!bytes.empty()) *At(bytes, 0) ^= static_cast<uint8_t>(1u << Below(8));
        return;
      case 1:
        if (!bytes.empty()) *At(bytes, 0) = kTelling[Below(std::size(kTelling))];
        return;
      case 2:
        if (!bytes.empty()) *At(bytes, 0) = static_cast<uint8_t>(random_());
        return;
      case 3: {  // a number's worth of one byte
        const uint8_t byte = kTelling[Below(std::size(kTelling))];
        bytes.insert(At(bytes, 1), 1 + Below(9), byte);
        return;
      }
      case 4: {  // a part is gone
        const auto from = At(bytes, 1);
        const auto left = static_cast<size_t>(bytes.end() - from);
        bytes.erase(from, from + static_cast<std::ptrdiff_t>(Below(std::min<size_t>(left, 8) + 1)));
        return;
      }
      case 5: {  // a part of another
        const Bytes& other = corpus_[Below(corpus_.size())];
        const size_t from = Below(other.size()), count = Below(other.size() - from + 1);
        const auto first = other.begin() + static_cast<std::ptrdiff_t>(from);
        bytes.insert(At(bytes, 1), first, first + static_cast<std::ptrdiff_t>(count));
        return;
      }
      default: {  // a part twice
        const Bytes copy = bytes;
        const size_t from = Below(copy.size()), count = Below(copy.size() - from + 1);
        const auto first = copy.begin() + static_cast<std::ptrdiff_t>(from);
        bytes.insert(At(bytes, 1), first, first + static_cast<std::ptrdiff_t>(count));
        return;
      }
    }
  }

  const std::vector<Bytes>& corpus_;
  std::mt19937 random_;
};

int Usage() {
  std::fprintf(stderr, "usage: %s <corpus folder> [seconds] [seed] | %s <file>\n", name, name);
  return 2;
}

}  // namespace

int main(int count, char** arguments) {
  static const std::string program = std::filesystem::path(arguments[0]).filename().string();
  name = program.c_str();
  if (count < 2 || count > 4) return Usage();
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    std::signal(number, OnSignal);
  }
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(Keep);
  if (std::filesystem::is_regular_file(arguments[1])) {
    Run(ReadFile(arguments[1]));
    return 0;
  }
  if (!std::filesystem::is_directory(arguments[1])) return Usage();
  std::vector<Bytes> corpus;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) {
    corpus.push_back(ReadFile(entry.path()));
  }
  if (corpus.empty()) {
    std::fprintf(stderr, "%s: nothing in %s\n", name, arguments[1]);
    return 1;
  }
  std::sort(corpus.begin(), corpus.end());  // so that a seed means the same everywhere
  for (const Bytes& input : corpus) Run(input);

  const double seconds = count > 2 ? std::atof(arguments[2]) : 0;
  const uint32_t seed = count > 3 ? static_cast<uint32_t>(std::strtoul(arguments[3], nullptr, 10))
                                  : std::random_device{}();
  std::printf("%s: %zu files, seed %u\n", name, corpus.size(), seed);
  std::fflush(stdout);
  Mutator mutator(corpus, seed);
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  uint64_t runs = 0;
  for (; std::chrono::steady_clock::now() < end; ++runs) Run(mutator.Next());
  std::printf("%s: %llu mutations\n", name, static_cast<unsigned long long>(runs));
  return 0;
}
