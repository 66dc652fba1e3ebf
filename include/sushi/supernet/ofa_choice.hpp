// What the rules of once-for-all's SuperNets (ofa_resnet.hpp, ofa_mbv3.hpp) have in common.
#pragma once

#include <string>
#include <vector>

#include "sushi/core/error.hpp"

namespace sushi {

// max(divisor, ⌊(v + divisor/2)/divisor⌋·divisor), one step up when that is under 0.9·v.
int MakeDivisible(double value, int divisor);

// A choice outside the space, or a space outside the limits of supernet.hpp. `field` is the member of
// the struct that was read, `index` the place in it, so that a reader can name the line.
class ChoiceError : public UserError {
 public:
  ChoiceError(const std::string& field, const std::vector<int>& index, const std::string& message);
  const std::string& field() const { return field_; }
  const std::vector<int>& index() const { return index_; }
  const std::string& message() const { return message_; }  // without the field

 private:
  std::string field_;
  std::vector<int> index_;
  std::string message_;
};

// A number as messages give it: "0.65", "3".
std::string Short(double value);

// The pixels a side that a space allows.
struct InputSizes {
  int min = 0, max = 0, step = 4;
};
// Throws ChoiceError of field input_size.
void CheckInputSize(const InputSizes& sizes, int size);

}  // namespace sushi
