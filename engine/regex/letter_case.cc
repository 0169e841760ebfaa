#include "engine/regex/letter_case.h"

#include <algorithm>
#include <array>

namespace ferro::regex {
namespace {

constexpr std::array kCased = {
    Range{0xB5, 0x2FF},        // Latin, phonetic letters
    Range{0x345, 0x345},       // the iota below Greek letters, the only mark with a case
    Range{0x370, 0x588},       // Greek, Cyrillic, Armenian
    Range{0x10A0, 0x10FF},     // Georgian
    Range{0x13A0, 0x13FF},     // Cherokee
    Range{0x1C80, 0x1CBF},     // Cyrillic and Georgian, continued
    Range{0x1D00, 0x1DBF},     // phonetic letters, continued
    Range{0x1E00, 0x1FFF},     // Latin and Greek with marks
    Range{0x2100, 0x218F},     // signs that are letters (the kelvin's is a k), Roman numerals
    Range{0x24B6, 0x24E9},     // letters in circles
    Range{0x2C00, 0x2DFF},     // Glagolitic, Latin, Coptic, Georgian
    Range{0xA640, 0xA69F},     // Cyrillic, continued
    Range{0xA720, 0xA7FF},     // Latin, continued
    Range{0xAB30, 0xABBF},     // Latin and Cherokee, continued
    Range{0xFB00, 0xFB17},     // ligatures
    Range{0xFF21, 0xFF5A},     // wide Latin
    Range{0x1'0400, 0x1'05FF},  // Deseret, Osage, Vithkuqi and what may come between
    Range{0x1'0C80, 0x1'0CFF},  // Old Hungarian
    Range{0x1'0D40, 0x1'0D8F},  // Garay
    Range{0x1'18A0, 0x1'18DF},  // Warang Citi
    Range{0x1'6E40, 0x1'6EDF},  // Medefaidrin, Beria Erfe
    Range{0x1'E900, 0x1'E95F},  // Adlam
};

}  // namespace

bool MayHaveCase(Range range) {
  return std::any_of(kCased.begin(), kCased.end(), [range](Range cased) {
    return range.first <= cased.last && cased.first <= range.last;
  });
}

}  // namespace ferro::regex
