// Writes what the fuzz targets begin with, made from the project's own models, configs and images:
//
//   fuzz_seeds SOURCE_DIR OUT_DIR     fills OUT_DIR/{infer,config,onnx,image}
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "inference/grpc_service.pb.h"
#include "inference/model_config.pb.h"
#include "models/zoo/zoo.h"
#include "tests/fuzz/fuzz_specs.h"
#include "tests/fuzz/fuzz_target.h"

namespace fs = std::filesystem;

namespace {

using convoy::models::TensorDeclaration;
using convoy::testing::Require;
using inference::ModelInferRequest;

constexpr size_t kMostOnnxBytes = size_t{1} << 16;  // of a network of the zoo

std::string Read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void Write(const fs::path& file, const std::string& bytes) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << bytes;
}

// A request with every input of the model, an open extent being 2.
ModelInferRequest RequestFor(const convoy::models::ModelSpec& spec, int64_t rows, bool raw) {
  ModelInferRequest request;
  request.set_model_name(spec.name);
  request.set_id("7");
  for (const TensorDeclaration& declaration : spec.inputs) {
    auto& input = *request.add_inputs();
    input.set_name(declaration.name);
    input.set_datatype(std::string(convoy::compute::NameOf(declaration.dtype)));
    int64_t elements = 1;
    if (spec.max_batch_size > 0) input.add_shape(rows);
    for (const int64_t dim : declaration.dims) {
      input.add_shape(dim == convoy::models::kAnyExtent ? 2 : dim);
    }
    for (const int64_t dim : input.shape()) elements *= dim;
    const auto bytes = static_cast<size_t>(elements * convoy::compute::SizeOf(declaration.dtype));
    if (raw) request.add_raw_input_contents(std::string(bytes, '\1'));
  }
  return request;
}

ModelInferRequest TypedRequest(const convoy::models::ModelSpec& net) {
  ModelInferRequest request = RequestFor(net, 1, /*raw=*/false);
  for (const float value : {1.F, -2.F}) {
    request.mutable_inputs(0)->mutable_contents()->add_fp32_contents(value);
  }
  for (const int value : {3, -4}) {
    request.mutable_inputs(1)->mutable_contents()->add_int_contents(value);
  }
  return request;
}

// Pictures: raw, each behind its length, or as bytes_contents.
ModelInferRequest PictureRequest(const std::vector<std::string>& files, bool raw) {
  ModelInferRequest request;
  request.set_model_name("pictures");
  auto& input = *request.add_inputs();
  input.set_name("P");
  input.set_datatype("BYTES");
  input.add_shape(static_cast<int64_t>(files.size()));
  std::string all;
  for (const std::string& file : files) {
    for (int shift = 0; shift < 32; shift += 8) all += static_cast<char>(file.size() >> shift);
    all += file;
    if (!raw) input.mutable_contents()->add_bytes_contents(file);
  }
  if (raw) request.add_raw_input_contents(all);
  return request;
}

template <typename Tensor>
void UseRegion(Tensor& tensor, int64_t offset, int64_t bytes) {
  auto& parameters = *tensor.mutable_parameters();
  parameters["shared_memory_region"].set_string_param("r");
  parameters["shared_memory_offset"].set_int64_param(offset);
  parameters["shared_memory_byte_size"].set_int64_param(bytes);
}

ModelInferRequest RegionRequest(const convoy::models::ModelSpec& net) {
  ModelInferRequest request = RequestFor(net, 2, /*raw=*/false);
  UseRegion(*request.mutable_inputs(0), 0, 16);
  UseRegion(*request.mutable_inputs(1), 16, 4);
  auto& output = *request.add_outputs();
  output.set_name("X");
  UseRegion(output, 64, 24);
  return request;
}

ModelInferRequest ClassRequest(const convoy::models::ModelSpec& net) {
  ModelInferRequest request = RequestFor(net, 3, /*raw=*/true);
  for (const char* name : {"X", "L"}) {
    auto& output = *request.add_outputs();
    output.set_name(name);
    (*output.mutable_parameters())["classification"].set_int64_param(2);
  }
  (*request.mutable_parameters())["timeout"].set_int64_param(5000);
  (*request.mutable_parameters())["priority"].set_uint64_param(1);
  return request;
}

void WriteRequests(const fs::path& source, const fs::path& out) {
  const auto specs = convoy::testing::FuzzSpecs();
  const std::string png = Read(source / "tests/data/image/gray1.png");
  const std::string jpeg = Read(source / "tests/data/image/gray.jpg");
  Require(!png.empty() && !jpeg.empty(), "the images of the tests are there");
  const auto write = [&](const char* name, const ModelInferRequest& request) {
    Write(out / name, request.SerializeAsString());
  };
  write("raw", RequestFor(specs[0], 2, true));
  write("typed", TypedRequest(specs[0]));
  write("every_type", RequestFor(specs[2], 0, true));
  write("picture_tensor", RequestFor(specs[1], 2, true));
  write("pictures_raw", PictureRequest({png, jpeg}, true));
  write("pictures_typed", PictureRequest({png}, false));
  write("regions", RegionRequest(specs[0]));
  write("classes", ClassRequest(specs[0]));
}

void WriteConfigs(const fs::path& source, const fs::path& out) {
  for (const char* model : {"lenet5", "fashion_resnet", "clothes_unet"}) {
    const fs::path folder = source / "models/bundled" / model;
    Write(out / model, Read(folder / "config.pbtxt"));
    Write(out / (std::string(model) + "_labels"), Read(folder / "labels.txt"));
  }
}

void WriteNetworks(const fs::path& source, const fs::path& out) {
  Write(out / "lenet5", Read(source / "models/bundled/lenet5/1/model.onnx"));
  for (const std::string_view name : convoy::models::ZooNames()) {
    auto options = convoy::models::SmallZooOptions(name);
    Require(options.ok(), "every network of the zoo has a small version");
    const auto bytes = convoy::models::BuildZooModel(name, *options);
    Require(bytes.ok(), "the zoo builds its networks");
    if (bytes->size() <= kMostOnnxBytes) Write(out / std::string(name), *bytes);
  }
}

void WriteImages(const fs::path& source, const fs::path& out) {
  for (const fs::directory_entry& entry : fs::directory_iterator(source / "tests/data/image")) {
    const std::string type = entry.path().extension();
    if (type == ".jpg" || type == ".png") {
      Write(out / entry.path().filename(), Read(entry.path()));
    }
  }
  Write(out / "digit.png", Read(source / "models/bundled/lenet5/samples/digit_7.png"));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("the arguments are SOURCE_DIR OUT_DIR\n", stderr);
    return 2;
  }
  const fs::path source = argv[1], out = argv[2];
  WriteRequests(source, out / "infer");
  WriteConfigs(source, out / "config");
  WriteNetworks(source, out / "onnx");
  WriteImages(source, out / "image");
  return 0;
}
