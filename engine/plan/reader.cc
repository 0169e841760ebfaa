// A stack machine over hostile bytes: one pass, no recursion, and each operand knows its depth, so
// nothing has to be walked afterwards. What a node takes is decided in build.h, what it may not be
// in check.h.
#include "engine/plan/reader.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "engine/base/bytes.h"
#include "engine/base/try.h"
#include "engine/plan/build.h"
#include "engine/plan/format.h"
#include "engine/value/text.h"

namespace ferro::plan {
namespace {

class Reader {
 public:
  Reader(absl::string_view bytes, Arena& arena) : all_(bytes), rest_(bytes), arena_(arena) {}

  absl::StatusOr<Plan> Run() {
    FERRO_TRY(Header());
    while (!rest_.empty()) FERRO_TRY(Instruction());
    if (stack_.size() != 1) {
      return PlanError(absl::StrCat(stack_.size(), " operands are left instead of one statement"),
                       all_.size());
    }
    const auto* root = std::get_if<const ast::Node*>(&stack_.back().value);
    if (root == nullptr || !ast::IsStatement((*root)->kind)) {
      return PlanError("what is left is no statement", stack_.back().offset);
    }
    plan_.statement = static_cast<const ast::Statement*>(*root);
    return std::move(plan_);
  }

 private:
  size_t here() const { return all_.size() - rest_.size(); }

  absl::Status Header() {
    if (all_.size() > kMaxPlanBytes) {
      return PlanError(absl::StrCat("more than ", kMaxPlanBytes, " bytes"), kMaxPlanBytes);
    }
    const uint8_t expected[kHeaderSize] = {kMagic0, kMagic1, kVersion, 0};
    constexpr const char* kFaults[kHeaderSize] = {"no plan starts so,", "no plan starts so,",
                                                  "unknown format version", "unknown flags"};
    for (size_t i = 0; i < kHeaderSize; ++i) {
      if (i >= all_.size()) return PlanError("the header is cut short", all_.size());
      if (static_cast<uint8_t>(all_[i]) != expected[i]) return PlanError(kFaults[i], i);
    }
    rest_.remove_prefix(kHeaderSize);
    return absl::OkStatus();
  }

  absl::Status Instruction() {
    const size_t offset = here();
    uint8_t op = 0;
    FERRO_TRY(Byte(op));
    switch (static_cast<Op>(op)) {
      case Op::kName:
        return Name(offset);
      case Op::kText:
        return Text(offset);
      case Op::kInt:
        return Int(offset);
      case Op::kParam:
        return Parameter<ast::Param>(offset);
      case Op::kListParam:
        return Parameter<ast::ParamList>(offset);
      case Op::kNode:
        return Node(offset);
    }
    return PlanError(absl::StrCat("unknown instruction ", op), offset);
  }

  absl::Status Name(size_t offset) {
    absl::string_view name;
    FERRO_TRY(Characters("a name", kMaxNameBytes, offset, name));
    return Push({name}, offset, 0);
  }

  absl::Status Text(size_t offset) {
    absl::string_view text;
    FERRO_TRY(Characters("a text", kMaxTextBytes, offset, text));
    return Push({ast::Text{text}}, offset, 0);
  }

  absl::Status Characters(absl::string_view what, size_t most, size_t offset,
                          absl::string_view& out) {
    uint64_t size = 0;
    FERRO_TRY(Varint(size));
    if (size > most) {
      return PlanError(absl::StrCat(what, " of more than ", most, " bytes"), offset);
    }
    if (size > rest_.size()) return PlanError(absl::StrCat(what, " is cut short"), offset);
    const absl::string_view characters = rest_.substr(0, size);
    rest_.remove_prefix(size);
    if (!IsValidUtf8(characters)) {
      return PlanError(absl::StrCat(what, " that is not UTF-8"), offset);
    }
    if (characters.find('\0') != characters.npos) {
      return PlanError(absl::StrCat(what, " with a NUL"), offset);
    }
    out = arena_.Copy(characters);
    return absl::OkStatus();
  }

  absl::Status Int(size_t offset) {
    uint64_t value = 0;
    FERRO_TRY(Varint(value));
    return Push({UnZigZag(value)}, offset, 0);
  }

  template <class T>
  absl::Status Parameter(size_t offset) {
    uint8_t type = 0;
    FERRO_TRY(Byte(type));
    if (!IsDeclarable(type)) {
      return PlanError(absl::StrCat("a parameter of unknown type ", type), offset);
    }
    if (std::is_same_v<T, ast::ParamList> && IsArray(static_cast<Type>(type))) {
      return PlanError("a list of arrays", offset);
    }
    if (plan_.parameters.size() >= kMaxParameters) {
      return PlanError(absl::StrCat("more than ", kMaxParameters, " parameters"), offset);
    }
    T* node = arena_.New<T>();
    node->index = static_cast<uint32_t>(plan_.parameters.size());
    node->type = static_cast<Type>(type);
    plan_.parameters.push_back({node->type, std::is_same_v<T, ast::ParamList>});
    return Push({static_cast<const ast::Node*>(node)}, offset, 1);
  }

  absl::Status Node(size_t offset) {
    uint8_t number = 0;
    uint64_t count = 0;
    FERRO_TRY(Byte(number));
    FERRO_TRY(Varint(count));
    const auto kind = static_cast<ast::Kind>(number);
    if (count > stack_.size()) {
      return PlanError(
          absl::StrCat("a node takes ", count, " operands and there are ", stack_.size()), offset);
    }
    if (kind == ast::Kind::kNone) {
      if (count != 0) return PlanError("an absent operand takes no operands,", offset);
      return Push({std::monostate{}}, offset, 0);
    }
    const std::span<const Operand> operands(stack_.data() + stack_.size() - count, count);
    uint32_t depth = 0;
    for (const Operand& operand : operands) depth = std::max(depth, operand.depth);
    if (kind == ast::Kind::kList) return List(operands, offset, depth);
    if (++depth > kMaxDepth) {
      return PlanError(absl::StrCat("nodes nested deeper than ", kMaxDepth), offset);
    }
    FERRO_ASSIGN(const ast::Node* node, BuildNode(kind, operands, offset, arena_));
    stack_.resize(stack_.size() - count);
    return Push({node}, offset, depth);
  }

  // Of what items it may be is known when a node takes it.
  absl::Status List(std::span<const Operand> operands, size_t offset, uint32_t depth) {
    const auto items = lists_.NewArray<Operand>(operands.size());
    std::uninitialized_copy(operands.begin(), operands.end(), items.begin());
    stack_.resize(stack_.size() - operands.size());
    return Push({OperandList{items.data(), items.size()}}, offset, depth);
  }

  absl::Status Push(decltype(Operand::value) value, size_t offset, uint32_t depth) {
    if (stack_.size() >= kMaxOperands) {
      return PlanError(absl::StrCat("more than ", kMaxOperands, " operands"), offset);
    }
    stack_.push_back({value, static_cast<uint32_t>(offset), depth});
    return absl::OkStatus();
  }

  absl::Status Byte(uint8_t& byte) {
    if (rest_.empty()) return PlanError("an instruction is cut short", all_.size());
    byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return absl::OkStatus();
  }

  absl::Status Varint(uint64_t& value) {
    const size_t offset = here();
    if (!ConsumeVarint(rest_, value)) {
      return PlanError("a number that is cut short or not in its shortest form", offset);
    }
    return absl::OkStatus();
  }

  const absl::string_view all_;
  absl::string_view rest_;
  Arena& arena_;
  Arena lists_;  // only until a node has taken them
  std::vector<Operand> stack_;
  Plan plan_;
};

}  // namespace

absl::StatusOr<Plan> Read(absl::string_view bytes, Arena& arena) {
  return Reader(bytes, arena).Run();
}

}  // namespace ferro::plan
