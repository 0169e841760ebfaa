#include "engine/regex/simplify.h"

#include <algorithm>
#include <utility>

namespace ferro::regex {
namespace {

bool IsOptional(const Node& node) { return node.kind == Node::Kind::kRepeat && node.least == 0; }

// In a sequence of which all but `part` can be nothing: (a+b?)* is (ab?)*, as the b may be left
// out.
bool CanBeOnce(const Node& sequence, const Node& part) {
  return part.kind == Node::Kind::kRepeat && part.least == 1 &&
         std::all_of(
             sequence.children.begin(), sequence.children.end(),
             [&part](const Node& other) { return &other == &part || CanBeNothing(other); });
}

std::optional<Node> PlainerChoice(const Node& node) {
  bool plainer = false;
  std::vector<Node> branches;
  for (const Node& branch : node.children) {
    std::optional<Node> other = PlainerInLoop(branch);
    if (other) plainer = true;
    branches.push_back(other ? *std::move(other) : branch);
  }
  if (!plainer) return std::nullopt;
  return MakeChoice(std::move(branches));
}

std::optional<Node> PlainerSequence(const Node& node) {
  // (a*b?)* is (a|b)*.
  if (std::all_of(node.children.begin(), node.children.end(), IsOptional)) {
    std::vector<Node> branches;
    for (const Node& part : node.children) branches.push_back(part.children.front());
    return MakeChoice(std::move(branches));
  }
  for (size_t i = 0; i < node.children.size(); ++i) {
    if (!CanBeOnce(node, node.children[i])) continue;
    std::vector<Node> parts = node.children;
    Node once = parts[i].children.front();
    parts[i] = std::move(once);
    return MakeSequence(std::move(parts));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Bounds> BoundsOfBoth(Bounds inner, Bounds outer) {
  // k times the inner is from k*least to k*most. These ranges, for each k of the outer, must leave
  // no gap; if there is one it is after the first of them.
  constexpr uint64_t kMany = kUnbounded;
  const auto times = [](uint64_t a, uint64_t b) {
    return a == kMany || b == kMany ? (a == 0 || b == 0 ? 0 : kMany) : a * b;
  };
  const uint64_t first_end = times(outer.least, inner.most);
  const uint64_t second_start = (uint64_t{outer.least} + 1) * inner.least;
  if (outer.least != outer.most && first_end != kMany && second_start > first_end + 1) {
    return std::nullopt;
  }
  const uint64_t least = times(outer.least, inner.least);
  const uint64_t most = times(outer.most, inner.most);
  if (least > kMaxRepeat || (most > kMaxRepeat && most != kMany)) return std::nullopt;
  return Bounds{static_cast<uint32_t>(least), static_cast<uint32_t>(most)};
}

bool CanBeNothing(const Node& node) {
  const auto& children = node.children;
  switch (node.kind) {
    case Node::Kind::kEmpty:
      return true;
    case Node::Kind::kSet:
    case Node::Kind::kBegin:
    case Node::Kind::kEnd:
      return false;
    case Node::Kind::kSequence:
      return std::all_of(children.begin(), children.end(), CanBeNothing);
    case Node::Kind::kChoice:
      return std::any_of(children.begin(), children.end(), CanBeNothing);
    case Node::Kind::kRepeat:
      return node.least == 0 || CanBeNothing(children.front());
  }
  return false;
}

std::optional<Node> PlainerInLoop(const Node& node) {
  if (node.kind == Node::Kind::kChoice) return PlainerChoice(node);
  if (node.kind == Node::Kind::kSequence) return PlainerSequence(node);
  if (node.kind == Node::Kind::kRepeat && node.least <= 1) return node.children.front();
  return std::nullopt;
}

}  // namespace ferro::regex
