// config.pbtxt, as text or JSON, on its way to a ModelSpec, and the answer to ModelConfig back from
// it; the same bytes as a labels file.
#include <google/protobuf/text_format.h>

#include <string>

#include "models/config/config_file.h"
#include "models/config/config_proto.h"
#include "models/config/make_spec.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

using namespace convoy::models;
using convoy::compute::DType;
using convoy::testing::Require;

constexpr int64_t kDefaultBatch = 8;

enum class File { kPlain, kOpen, kShapeless };

// What the bundled networks declare; a model whose every extent is open; one whose output has no
// shape that is known before it is imported.
FileDeclarations Declarations(File file) {
  if (file == File::kPlain) {
    return {.inputs = {{{.name = "image", .dims = {kAnyExtent, 1, 28, 28}}}},
            .outputs = {{{.name = "probabilities", .dims = {kAnyExtent, 10}}}}};
  }
  const std::vector<int64_t> dims(4, kAnyExtent);
  return {.inputs = {{{.name = "x", .dims = dims}},
                     {{.name = "n", .dtype = DType::kInt64, .dims = {kAnyExtent}}}},
          .outputs = {{{.name = "y", .dims = file == File::kOpen ? dims : std::vector<int64_t>()},
                       file == File::kOpen}}};
}

void Explain(const ConfigFile& file, const std::vector<ConfigFault>& faults) {
  for (const ConfigFault& fault : faults) {
    Require(!fault.status.ok(), "a fault is an error");
    const absl::Status status = file.Explain(fault);
    Require(!status.ok() && status.message().find('\n') == std::string::npos,
            "an explanation is one line");
  }
}

// As the ModelConfig RPC gives it, and as a client may send it back.
void RoundTrip(const ModelSpec& spec, const FileDeclarations& declarations) {
  std::string text;
  google::protobuf::TextFormat::PrintToString(ToConfigProto(spec), &text);
  const ConfigFile again = ConfigFile::Parse(text, "again");
  Require(again.status().ok(), "a config that is told can be read");
  const SpecResult result = BuildSpec(spec.name, again.proto(), declarations, kDefaultBatch);
  for (const ConfigFault& fault : result.faults) {
    std::fprintf(stderr, "%s\n", again.Explain(fault).ToString().c_str());
  }
  Require(result.faults.empty(), "a config that is told is good");
  Require(result.spec == spec, "a config that is told gives the same spec");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const ConfigFile file = ConfigFile::Parse(text, "config.pbtxt");
  Explain(file, file.faults());
  Explain(file, file.Warnings());
  if (file.status().ok()) {
    for (const File kind : {File::kPlain, File::kOpen, File::kShapeless}) {
      const FileDeclarations declarations = Declarations(kind);
      const SpecResult result = BuildSpec("net", file.proto(), declarations, kDefaultBatch);
      Explain(file, result.faults);
      if (result.faults.empty() && kind != File::kShapeless) RoundTrip(result.spec, declarations);
    }
    (void)ChooseVersions(VersionPolicyOf(file.proto()), {1, 2, 7});
  }
  (void)ParseLabels(text);
  return 0;
}
