#include "engine/regex/program.h"

#include "engine/regex/utf8.h"

namespace ferro::regex {

// All ways through the program at once, a character at a time.
class Search {
 public:
  Search(const Program& program, absl::string_view text)
      : program_(program), text_(text), seen_(program.code_.size(), kNever) {}

  bool Run() {
    for (size_t at = 0;;) {
      if (now_.empty() && at > 0) {
        // Nothing has begun; go on where something can.
        while (at < text_.size() && !program_.first_[static_cast<uint8_t>(text_[at])]) ++at;
      }
      if (Follow(program_.start_, at)) return true;
      if (at == text_.size()) return false;
      const char32_t c = NextCharacter(text_, at);
      before_.swap(now_);
      now_.clear();
      for (const uint32_t waiting : before_) {
        const Program::Instruction& instruction = program_.code_[waiting];
        if (!program_.sets_[instruction.other].Contains(c)) continue;
        if (Follow(instruction.next, at)) return true;
      }
    }
  }

 private:
  static constexpr size_t kNever = SIZE_MAX;

  // Adds to `now_` what waits for the character at `at`, coming from `start` without one; true when
  // a match is reached.
  bool Follow(uint32_t start, size_t at) {
    open_.push_back(start);
    while (!open_.empty()) {
      const uint32_t place = open_.back();
      open_.pop_back();
      if (seen_[place] == at) continue;
      seen_[place] = at;
      const Program::Instruction& instruction = program_.code_[place];
      switch (instruction.op) {
        case Program::Op::kSet:
          now_.push_back(place);
          break;
        case Program::Op::kSplit:
          open_.push_back(instruction.other);
          open_.push_back(instruction.next);
          break;
        case Program::Op::kBegin:
          if (at == 0) open_.push_back(instruction.next);
          break;
        case Program::Op::kEnd:
          if (at == text_.size()) open_.push_back(instruction.next);
          break;
        case Program::Op::kMatch:
          return true;
      }
    }
    return false;
  }

  const Program& program_;
  const absl::string_view text_;
  std::vector<size_t> seen_;  // by instruction: the last place of the text where it was reached
  std::vector<uint32_t> now_, before_, open_;
};

bool Matches(const Program& program, absl::string_view text) {
  return Search(program, text).Run();
}

}  // namespace ferro::regex
