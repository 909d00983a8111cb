#include "models/onnx/out_of_scope.h"

#include <algorithm>
#include <array>

namespace convoy::models {
namespace {

constexpr std::string_view kControlFlow = "control flow is out of Convoy's scope";
constexpr std::string_view kRecurrent = "recurrent cells are out of Convoy's scope";
constexpr std::string_view kSequences = "sequences are out of Convoy's scope";
constexpr std::string_view kOptionals = "optional values are out of Convoy's scope";
constexpr std::string_view kStrings = "strings are out of Convoy's scope";
constexpr std::string_view kTraining = "training is out of Convoy's scope";
constexpr std::string_view kRandom = "answers that depend on chance are out of Convoy's scope";
constexpr std::string_view kDataSized = "the size of its result depends on the values of its input";

struct Entry {
  std::string_view op_type;
  std::string_view reason;
};
constexpr std::array kEntries = {
    Entry{"If", kControlFlow},
    Entry{"Loop", kControlFlow},
    Entry{"Scan", kControlFlow},
    Entry{"GRU", kRecurrent},
    Entry{"LSTM", kRecurrent},
    Entry{"RNN", kRecurrent},
    Entry{"ConcatFromSequence", kSequences},
    Entry{"SequenceAt", kSequences},
    Entry{"SequenceConstruct", kSequences},
    Entry{"SequenceEmpty", kSequences},
    Entry{"SequenceErase", kSequences},
    Entry{"SequenceInsert", kSequences},
    Entry{"SequenceLength", kSequences},
    Entry{"SequenceMap", kSequences},
    Entry{"SplitToSequence", kSequences},
    Entry{"Optional", kOptionals},
    Entry{"OptionalGetElement", kOptionals},
    Entry{"OptionalHasElement", kOptionals},
    Entry{"RegexFullMatch", kStrings},
    Entry{"StringConcat", kStrings},
    Entry{"StringNormalizer", kStrings},
    Entry{"StringSplit", kStrings},
    Entry{"TfIdfVectorizer", kStrings},
    Entry{"NegativeLogLikelihoodLoss", kTraining},
    Entry{"SoftmaxCrossEntropyLoss", kTraining},
    Entry{"Bernoulli", kRandom},
    Entry{"Multinomial", kRandom},
    Entry{"RandomNormal", kRandom},
    Entry{"RandomNormalLike", kRandom},
    Entry{"RandomUniform", kRandom},
    Entry{"RandomUniformLike", kRandom},
    Entry{"Unique", kDataSized},
};

}  // namespace

std::string_view ReasonOutOfScope(std::string_view domain, std::string_view op_type) {
  if (domain == "ai.onnx.preview.training") return kTraining;
  if (!domain.empty() && domain != "ai.onnx") return "";
  const auto found = std::find_if(kEntries.begin(), kEntries.end(),
                                  [&](const Entry& entry) { return entry.op_type == op_type; });
  return found == kEntries.end() ? "" : found->reason;
}

}  // namespace convoy::models
