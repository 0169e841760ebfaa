// From a parsed expression to instructions: each node is given what comes after it, so it is built
// from the end.
#include <unordered_map>
#include <utility>

#include "engine/base/try.h"
#include "engine/regex/parse.h"
#include "engine/regex/program.h"
#include "engine/regex/utf8.h"

namespace ferro::regex {

class Builder {
 public:
  explicit Builder(Program& program) : program_(program) {}

  void Whole(const Node& node) {
    const uint32_t match = Add({Program::Op::kMatch});
    program_.start_ = Build(node, match);
    FindFirst();
  }

 private:
  using Op = Program::Op;

  uint32_t Add(Program::Instruction instruction) {
    program_.code_.push_back(instruction);
    return static_cast<uint32_t>(program_.code_.size() - 1);
  }

  // Where `node` begins, when `next` is what comes after it. As deep as groups are nested.
  uint32_t Build(const Node& node, uint32_t next) {
    switch (node.kind) {
      case Node::Kind::kEmpty:
        return next;
      case Node::Kind::kSet:
        return Add({Op::kSet, next, SetOf(node)});
      case Node::Kind::kBegin:
        return Add({Op::kBegin, next});
      case Node::Kind::kEnd:
        return Add({Op::kEnd, next});
      case Node::Kind::kSequence:
        for (size_t i = node.children.size(); i-- > 0;) next = Build(node.children[i], next);
        return next;
      case Node::Kind::kChoice: {
        uint32_t start = Build(node.children.back(), next);
        for (size_t i = node.children.size() - 1; i-- > 0;) {
          start = Add({Op::kSplit, Build(node.children[i], next), start});
        }
        return start;
      }
      case Node::Kind::kRepeat:
        return Repeat(node, next);
    }
    return next;
  }

  uint32_t Repeat(const Node& node, uint32_t next) {
    const Node& child = node.children.front();
    const uint32_t after = next;
    uint32_t copies = node.least;
    if (node.most == kUnbounded) {
      const uint32_t loop = Add({Op::kSplit, 0, after});
      const uint32_t body = Build(child, loop);
      program_.code_[loop].next = body;
      // The loop of a+ begins with its body, that of a* with the question whether to enter it.
      next = copies > 0 ? body : loop;
      copies -= copies > 0 ? 1 : 0;
    } else {
      for (uint32_t i = node.least; i < node.most; ++i) {
        next = Add({Op::kSplit, Build(child, next), after});
      }
    }
    for (uint32_t i = 0; i < copies; ++i) next = Build(child, next);
    return next;
  }

  // The copies of a repeated set share it.
  uint32_t SetOf(const Node& node) {
    const auto [found, is_new] =
        sets_.try_emplace(&node, static_cast<uint32_t>(program_.sets_.size()));
    if (is_new) {
      Program::Set set{{0, 0}, node.set};
      for (char32_t c = 0; c < 0x80; ++c) {
        if (node.set.Contains(c)) set.ascii[c / 64] |= uint64_t{1} << c % 64;
      }
      program_.sets_.push_back(std::move(set));
    }
    return found->second;
  }

  // The bytes that characters begin with which can be the first of a match.
  void FindFirst() {
    std::vector<uint32_t> open = {program_.start_};
    std::vector<uint8_t> seen(program_.code_.size());
    while (!open.empty()) {
      const uint32_t at = open.back();
      open.pop_back();
      if (std::exchange(seen[at], uint8_t{1}) != 0) continue;
      const Program::Instruction& instruction = program_.code_[at];
      if (instruction.op == Op::kSet) AddFirst(program_.sets_[instruction.other].characters);
      if (instruction.op != Op::kSplit) continue;  // an anchor does not hold within the text
      open.push_back(instruction.next);
      open.push_back(instruction.other);
    }
  }

  void AddFirst(const CharSet& set) {
    const auto lead = [](char32_t c) {
      std::string bytes;
      AppendCharacter(bytes, c);
      return static_cast<uint8_t>(bytes.front());
    };
    for (const Range range : set.ranges()) {
      for (unsigned byte = lead(range.first); byte <= lead(range.last); ++byte) {
        program_.first_[byte] = true;
      }
    }
    if (!set.Contains(kReplacement)) return;
    for (unsigned byte = 0x80; byte <= 0xFF; ++byte) program_.first_[byte] = true;
  }

  Program& program_;
  std::unordered_map<const Node*, uint32_t> sets_;
};

Program::Program(const Node& node) { Builder(*this).Whole(node); }

absl::StatusOr<Program> Compile(absl::string_view pattern, bool fold_case) {
  FERRO_ASSIGN(const Node node, Parse(pattern, fold_case));
  return Program(node);
}

}  // namespace ferro::regex
