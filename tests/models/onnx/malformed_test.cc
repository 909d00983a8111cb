// A corpus of broken and hostile models. Each is written to disk and loaded as a server would: it
// is refused with a message that names the fault, in bounded time, memory and stack, and a good
// model loads right afterwards. Meant for the address sanitizer above all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "compute/runtime/reference_session.h"
#include "models/model.h"
#include "onnx/onnx.pb.h"

namespace convoy::testing {
namespace {

namespace fs = std::filesystem;
using onnx::AttributeProto;
using onnx::ModelProto;
using onnx::NodeProto;
using onnx::TensorProto;
using ::testing::HasSubstr;

constexpr int64_t kHuge = int64_t{1} << 40;
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

// A model in the making: y = Relu(x) on FP32[N, 1, 4, 4] unless a case changes that.
class Draft {
 public:
  Draft() {
    proto.set_ir_version(8);
    proto.add_opset_import()->set_version(13);
  }

  static Draft Good() {
    Draft draft;
    draft.Input("x", {-1, 1, 4, 4});
    draft.Node("Relu", {"x"}, {"y"});
    draft.Output("y");
    return draft;
  }
  // y = op(x, further inputs) on FP32[N, 1, 4, 4].
  static Draft OneNode(const std::string& op, const std::vector<std::string>& further = {}) {
    Draft draft;
    draft.Input("x", {-1, 1, 4, 4});
    NodeProto& node = draft.Node(op, {"x"}, {"y"});
    for (const std::string& input : further) node.add_input(input);
    draft.Output("y");
    return draft;
  }

  onnx::GraphProto& graph() { return *proto.mutable_graph(); }
  NodeProto& node() { return *graph().mutable_node(0); }

  void Input(const std::string& name, const std::vector<int64_t>& dims, int type = 1) {
    Declare(*graph().add_input(), name, dims, type);
  }
  void Output(const std::string& name) { Declare(*graph().add_output(), name, {}, 1, false); }

  NodeProto& Node(const std::string& op, const std::vector<std::string>& inputs,
                  const std::vector<std::string>& outputs) {
    NodeProto& node = *graph().add_node();
    node.set_op_type(op);
    node.set_name("the_node");
    for (const std::string& input : inputs) node.add_input(input);
    for (const std::string& output : outputs) node.add_output(output);
    return node;
  }

  // Without data.
  TensorProto& Tensor(const std::string& name, const std::vector<int64_t>& dims, int type = 1) {
    TensorProto& tensor = *graph().add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(type);
    for (const int64_t dim : dims) tensor.add_dims(dim);
    return tensor;
  }
  void Integers(const std::string& name, const std::vector<int64_t>& values) {
    TensorProto& tensor = Tensor(name, {static_cast<int64_t>(values.size())}, TensorProto::INT64);
    for (const int64_t value : values) tensor.add_int64_data(value);
  }
  void Floats(const std::string& name, const std::vector<int64_t>& dims) {
    int64_t elements = 1;
    for (const int64_t dim : dims) elements *= dim;
    TensorProto& tensor = Tensor(name, dims);
    tensor.set_raw_data(std::string(static_cast<size_t>(elements) * 4, '\0'));
  }

  std::string Bytes() const { return proto.SerializeAsString(); }

  ModelProto proto;

 private:
  static void Declare(onnx::ValueInfoProto& value, const std::string& name,
                      const std::vector<int64_t>& dims, int type, bool shape = true) {
    value.set_name(name);
    onnx::TypeProto::Tensor& tensor = *value.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(type);
    if (!shape) return;
    tensor.mutable_shape();
    for (const int64_t dim : dims) {
      onnx::TensorShapeProto::Dimension& to = *tensor.mutable_shape()->add_dim();
      dim == -1 ? to.set_dim_param("N") : to.set_dim_value(dim);
    }
  }
};

void Ints(NodeProto& node, const std::string& name, const std::vector<int64_t>& values) {
  AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(AttributeProto::INTS);
  for (const int64_t value : values) attribute.add_ints(value);
}

void Int(NodeProto& node, const std::string& name, int64_t value) {
  AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(AttributeProto::INT);
  attribute.set_i(value);
}

void External(TensorProto& tensor, const std::string& key, const std::string& value) {
  tensor.set_data_location(TensorProto::EXTERNAL);
  onnx::StringStringEntryProto& entry = *tensor.add_external_data();
  entry.set_key(key);
  entry.set_value(value);
}

// `payload` as a length-delimited field of a protobuf message.
std::string Field(int number, const std::string& payload) {
  std::string bytes;
  const auto varint = [&](uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>(value | 0x80));
    bytes.push_back(static_cast<char>(value));
  };
  varint(static_cast<uint64_t>(number) << 3 | 2);
  varint(payload.size());
  bytes.append(payload);
  return bytes;
}

// An If node whose branch holds an If node whose branch ..., as a model's bytes. Made by hand:
// protobuf's own serialiser would need as deep a stack.
std::string NestedSubgraphs(int depth) {
  std::string graph;
  for (int i = 0; i < depth; ++i) {
    const std::string attribute =
        absl::StrCat(Field(1, "then_branch"), Field(6, graph), "\xa0\x01\x05");
    graph = Field(
        1, absl::StrCat(Field(2, "y"), Field(3, "the_node"), Field(4, "If"), Field(5, attribute)));
  }
  const std::string output = Field(1, "y") + Field(2, Field(1, std::string("\x08\x01")));
  return absl::StrCat(Field(7, absl::StrCat(graph, Field(12, output))), Field(8, "\x10\x0d"));
}

class MalformedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) /
            (std::string("malformed.") +
             ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root_);
    fs::create_directories(root_ / "bad");
    Write("bad/w.bin", std::string(64, '\0'));
    Write("secret.bin", std::string(64, '\1'));
    Write("good/model.onnx", Draft::Good().Bytes());
  }
  void TearDown() override { fs::remove_all(root_); }

  void Write(const std::string& file, const std::string& bytes) const {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream stream(root_ / file, std::ios::binary);
    stream << bytes;
    ASSERT_TRUE(stream.good());
  }

  absl::Status Load(const std::string& name) {
    const std::string file = (root_ / name / "model.onnx").string();
    return models::Model::Load({name, 1, file, ""}, *device_, {}).status();
  }

  // Loads nothing, says all of `mentions`, and does no harm.
  void MustRefuse(const std::string& bytes, const std::vector<std::string>& mentions) {
    Write("bad/model.onnx", bytes);
    const absl::Status status = Load("bad");
    ASSERT_FALSE(status.ok());
    EXPECT_TRUE(absl::IsInvalidArgument(status) || absl::IsUnimplemented(status) ||
                absl::IsResourceExhausted(status) || absl::IsNotFound(status))
        << status;
    const std::string message(status.message());
    EXPECT_LT(message.size(), 4000U) << "a message of a hostile file's length";
    EXPECT_THAT(message, HasSubstr("model 'bad'"));
    for (const std::string& mention : mentions) EXPECT_THAT(message, HasSubstr(mention));
    EXPECT_TRUE(Load("good").ok()) << Load("good");
  }
  void MustRefuse(const Draft& draft, const std::vector<std::string>& mentions) {
    MustRefuse(draft.Bytes(), mentions);
  }

  fs::path root_;
  std::unique_ptr<compute::Device> device_ = compute::MakeReferenceDevice({});
};

TEST_F(MalformedTest, FilesThatAreNoModel) {
  MustRefuse("", {"the file names no opset"});
  MustRefuse("this is text\n", {"the bytes are no ONNX model"});
  MustRefuse(std::string(1 << 16, '\xff'), {"the bytes are no ONNX model"});
  MustRefuse(std::string(1 << 16, '\0'), {"the bytes are no ONNX model"});
}

TEST_F(MalformedTest, TruncatedFiles) {
  Draft draft = Draft::OneNode("Conv", {"w"});
  draft.Floats("w", {4, 1, 3, 3});
  const std::string whole = draft.Bytes();
  Write("bad/model.onnx", whole);
  ASSERT_TRUE(Load("bad").ok()) << Load("bad");
  for (size_t length = 0; length < whole.size(); length += length < 40 ? 1 : 5) {
    SCOPED_TRACE(length);
    MustRefuse(whole.substr(0, length), {});
  }
}

TEST_F(MalformedTest, TensorsWithTheWrongNumberOfBytes) {
  const auto with = [](const std::function<void(TensorProto&)>& fill) {
    Draft draft = Draft::OneNode("Add", {"w"});
    fill(draft.Tensor("w", {4}));
    return draft;
  };
  MustRefuse(with([](TensorProto&) {}), {"tensor 'w'", "FP32[4]", "holds 0 elements"});
  MustRefuse(with([](TensorProto& w) { w.set_raw_data("seven__"); }), {"tensor 'w'", "7 bytes"});
  MustRefuse(with([](TensorProto& w) { w.set_raw_data(std::string(17, 'x')); }), {"17 bytes"});
  MustRefuse(with([](TensorProto& w) { w.add_float_data(1); }), {"tensor 'w'", "1 elements"});
  MustRefuse(with([](TensorProto& w) {
               for (int i = 0; i < 4; ++i) w.add_int64_data(i);
             }),
             {"tensor 'w'", "0 elements"});
  MustRefuse(with([](TensorProto& w) {
               w.set_raw_data(std::string(16, 'x'));
               for (int i = 0; i < 4; ++i) w.add_float_data(1);
             }),
             {"tensor 'w'", "raw data and a typed list"});
  MustRefuse(with([](TensorProto& w) { w.mutable_segment()->set_end(4); }), {"segments"});
}

TEST_F(MalformedTest, ElementTypesThatDoNotExist) {
  for (const int type : {0, 8, 14, 15, 77, -1}) {
    Draft draft = Draft::OneNode("Add", {"w"});
    draft.Tensor("w", {4}, type).set_raw_data(std::string(16, '\0'));
    MustRefuse(draft, {"tensor 'w'", absl::StrFormat("element type %d is not supported", type)});
    Draft input;
    input.Input("x", {-1, 4}, type);
    input.Node("Relu", {"x"}, {"y"});
    input.Output("y");
    MustRefuse(input, {"input 'x'", absl::StrFormat("element type %d is not supported", type)});
  }
}

TEST_F(MalformedTest, Dimensions) {
  const auto tensor = [](const std::vector<int64_t>& dims) {
    Draft draft = Draft::OneNode("Add", {"w"});
    draft.Tensor("w", dims);
    return draft;
  };
  MustRefuse(tensor({kHuge}), {"tensor 'w'", "dimensions are negative or make more than"});
  MustRefuse(tensor({kHuge, kHuge}), {"tensor 'w'"});
  MustRefuse(tensor({1 << 30}), {"tensor 'w'", "holds 0 elements"});
  MustRefuse(tensor({-4}), {"tensor 'w'", "negative"});
  MustRefuse(tensor({-2, -2}), {"tensor 'w'", "negative"});
  MustRefuse(tensor({kLeast, -1}), {"tensor 'w'", "negative"});
  MustRefuse(tensor({0}), {"'the_node'"});
  MustRefuse(tensor({0, kHuge}), {"'the_node'"});
  MustRefuse(tensor(std::vector<int64_t>(1000, 1)), {"tensor 'w'", "1000 dimensions"});
  for (const std::vector<int64_t>& dims :
       {std::vector<int64_t>{-1, kHuge}, {-1, kMost}, std::vector<int64_t>(1000, 1)}) {
    Draft draft;
    draft.Input("x", dims);
    draft.Node("Relu", {"x"}, {"y"});
    draft.Output("y");
    MustRefuse(draft, {"input 'x'"});
  }
}

TEST_F(MalformedTest, ShapesThatNodesAskFor) {
  const auto shaped = [](const std::string& op, const std::vector<int64_t>& values) {
    Draft draft = Draft::OneNode(op, {"shape"});
    draft.Integers("shape", values);
    return draft;
  };
  MustRefuse(shaped("Reshape", {kHuge, -1}), {"'the_node'"});
  MustRefuse(shaped("Reshape", {kHuge, kHuge}), {"'the_node'"});
  MustRefuse(shaped("Reshape", {-1, -1}), {"'the_node'"});
  MustRefuse(shaped("Reshape", {kLeast}), {"'the_node'"});
  MustRefuse(shaped("Reshape", std::vector<int64_t>(4096, 1)), {"'the_node'"});
  MustRefuse(shaped("Pad", {0, 0, 0, 0, 0, 0, 0, kHuge}), {"'the_node'"});
  MustRefuse(shaped("Pad", {0, 0, 0, 0, 0, 0, kMost, kMost}), {"'the_node'"});
  MustRefuse(shaped("Pad", {0, 0, 0, kLeast, 0, 0, 0, 0}), {"'the_node'"});
  MustRefuse(shaped("Gather", {kHuge}), {"'the_node'"});
  for (const std::vector<int64_t>& shape :
       {std::vector<int64_t>{kHuge}, {kHuge, kHuge}, {-1}, {kLeast}}) {
    Draft draft;
    draft.Integers("shape", shape);
    draft.Node("ConstantOfShape", {"shape"}, {"y"});
    draft.Output("y");
    MustRefuse(draft, {"'the_node'"});
  }
}

TEST_F(MalformedTest, AttributesOutOfRange) {
  const auto pool = [](const std::string& attribute, const std::vector<int64_t>& values) {
    Draft draft = Draft::OneNode("MaxPool");
    if (attribute != "kernel_shape") Ints(draft.node(), "kernel_shape", {2, 2});
    Ints(draft.node(), attribute, values);
    return draft;
  };
  MustRefuse(pool("kernel_shape", {kHuge, 1}), {"'the_node'", "kernel"});
  MustRefuse(pool("kernel_shape", {0, 2}), {"'the_node'", "kernel"});
  MustRefuse(pool("kernel_shape", {}), {"'the_node'", "kernel"});
  MustRefuse(pool("strides", {0, 1}), {"'the_node'", "stride"});
  MustRefuse(pool("strides", {-1, 1}), {"'the_node'", "stride"});
  MustRefuse(pool("dilations", {kMost, kMost}), {"'the_node'", "dilation"});
  MustRefuse(pool("pads", {kMost, 0, kMost, 0}), {"'the_node'", "pads"});
  MustRefuse(pool("pads", {-1, 0, 0, 0}), {"'the_node'", "pads"});
  MustRefuse(pool("pads", {1}), {"'the_node'", "pads"});
  for (const int64_t group : {int64_t{0}, int64_t{-1}, int64_t{3}, kMost, kLeast}) {
    Draft draft = Draft::OneNode("Conv", {"w"});
    draft.Floats("w", {4, 1, 3, 3});
    Int(draft.node(), "group", group);
    MustRefuse(draft, {"'the_node'", "group"});
  }
  for (const int64_t axis : {int64_t{4}, int64_t{-5}, kMost, kLeast}) {
    Draft draft = Draft::OneNode("Softmax");
    Int(draft.node(), "axis", axis);
    MustRefuse(draft, {"'the_node'", "axis"});
  }
  for (const int64_t block : {int64_t{0}, int64_t{-2}, int64_t{1} << 31, kMost, kLeast}) {
    Draft draft = Draft::OneNode("DepthToSpace");
    Int(draft.node(), "blocksize", block);
    MustRefuse(draft, {"'the_node'"});
  }
  for (const std::vector<int64_t>& perm :
       {std::vector<int64_t>{0, 0, 1, 2}, {0, 1, 2, kHuge}, {3, 2, 1}}) {
    Draft draft = Draft::OneNode("Transpose");
    Ints(draft.node(), "perm", perm);
    MustRefuse(draft, {"'the_node'"});
  }
}

TEST_F(MalformedTest, HugeAttributeLists) {
  Draft draft = Draft::OneNode("MaxPool");
  Ints(draft.node(), "kernel_shape", std::vector<int64_t>(3'000'000, 1));
  MustRefuse(draft, {"'the_node'", "kernel_shape"});

  Draft many = Draft::OneNode("LeakyRelu");
  for (int i = 0; i < 100'000; ++i) Int(many.node(), absl::StrFormat("a%d", i), i);
  Int(many.node(), "alpha", 1);
  MustRefuse(many, {"'the_node'", "attribute 'alpha' has type"});

  Draft empty = Draft::OneNode("Cast");
  AttributeProto& to = *empty.node().add_attribute();
  to.set_name("to");
  to.set_type(AttributeProto::TENSOR);
  MustRefuse(empty, {"'the_node'", "attribute 'to' has type"});
}

TEST_F(MalformedTest, ValuesThatNobodyMakes) {
  Draft missing = Draft::Good();
  missing.node().set_input(0, "nobody");
  MustRefuse(missing, {"value 'nobody' is read", "'Relu' node 'the_node'"});

  Draft itself = Draft::Good();
  itself.node().set_input(0, "y");
  MustRefuse(itself, {"value 'y' is read", "'the_node'"});

  Draft cycle;
  cycle.Input("x", {-1, 4});
  cycle.Node("Add", {"x", "b"}, {"a"}).set_name("first");
  cycle.Node("Relu", {"a"}, {"b"}).set_name("second");
  cycle.Output("b");
  MustRefuse(cycle, {"value 'b' is read", "'first'"});

  Draft output = Draft::Good();
  output.Output("nobody");
  MustRefuse(output, {"value 'nobody'", "output of the graph"});

  Draft none = Draft::Good();
  none.graph().clear_output();
  MustRefuse(none, {"the graph has no output"});

  Draft no_graph;
  MustRefuse(no_graph, {"the file holds no graph"});
}

TEST_F(MalformedTest, NodesWithTheWrongNumberOfInputs) {
  MustRefuse(Draft::OneNode("Conv"), {"'the_node'", "1 inputs where 2 to 3"});
  MustRefuse(Draft::OneNode("Relu", {"x"}), {"'the_node'", "2 inputs where 1 to 1"});
  Draft empty = Draft::Good();
  empty.node().clear_input();
  MustRefuse(empty, {"'the_node'", "0 inputs"});
  Draft unnamed = Draft::Good();
  unnamed.node().set_input(0, "");
  MustRefuse(unnamed, {"'the_node'"});
  Draft dead = Draft::Good();
  dead.node().clear_output();
  MustRefuse(dead, {"'the_node'", "no output"});
}

TEST_F(MalformedTest, NamesGivenTwice) {
  Draft outputs = Draft::Good();
  outputs.Node("Tanh", {"x"}, {"y"});
  MustRefuse(outputs, {"value 'y' is made twice", "'Tanh' node 'the_node'"});

  Draft over_input = Draft::Good();
  over_input.Node("Tanh", {"y"}, {"x"});
  MustRefuse(over_input, {"value 'x' is made twice"});

  Draft inputs = Draft::Good();
  inputs.Input("x", {-1, 1, 4, 4});
  MustRefuse(inputs, {"input 'x' has no name or is declared twice"});

  Draft tensors = Draft::OneNode("Add", {"w"});
  tensors.Floats("w", {4});
  tensors.Floats("w", {4});
  MustRefuse(tensors, {"tensor 'w' is given twice"});

  Draft graph_outputs = Draft::Good();
  graph_outputs.Output("y");
  MustRefuse(graph_outputs, {"output 'y' has no name or is declared twice"});
}

TEST_F(MalformedTest, NamesThatAreNoText) {
  Draft draft = Draft::Good();
  draft.node().set_input(0, std::string(1 << 20, 'n'));
  MustRefuse(draft, {"cut from 1048576 bytes", "'the_node'"});
  Draft control = Draft::Good();
  control.node().set_input(0, std::string("a\x1b[2J\n\0b", 8));
  MustRefuse(control, {"'a\\x1b[2J\\x0a\\x00b'"});
}

TEST_F(MalformedTest, Opsets) {
  for (const int64_t opset : {int64_t{1}, int64_t{99}, int64_t{0}, int64_t{-1}, kMost, kLeast}) {
    Draft draft = Draft::Good();
    draft.proto.mutable_opset_import(0)->set_version(opset);
    MustRefuse(draft, {absl::StrFormat("opset %d of the default domain is outside of", opset)});
  }
  Draft none = Draft::Good();
  none.proto.clear_opset_import();
  MustRefuse(none, {"names no opset"});
  Draft foreign = Draft::Good();
  foreign.node().set_domain("com.acme");
  MustRefuse(foreign, {"'Relu' of domain 'com.acme'", "'the_node'"});
}

TEST_F(MalformedTest, ExternalDataOutsideOfTheFolder) {
  const auto with = [&](const std::string& location, const std::string& key = "",
                        const std::string& value = "") {
    Draft draft = Draft::OneNode("Add", {"w"});
    TensorProto& tensor = draft.Tensor("w", {4});
    External(tensor, "location", location);
    if (!key.empty()) External(tensor, key, value);
    return draft;
  };
  Write("bad/model.onnx", with("w.bin").Bytes());
  ASSERT_TRUE(Load("bad").ok()) << Load("bad");
  fs::create_symlink(root_ / "secret.bin", root_ / "bad" / "link.bin");
  fs::create_directory_symlink(root_, root_ / "bad" / "up");
  fs::create_symlink("loop.bin", root_ / "bad" / "loop.bin");
  for (const std::string& location :
       {std::string("../secret.bin"), std::string("x/../../secret.bin"),
        (root_ / "secret.bin").string(), (root_ / "bad" / "w.bin").string(),
        std::string("/etc/passwd"), std::string("/dev/zero"), std::string("link.bin"),
        std::string("up/secret.bin"), std::string("loop.bin"), std::string("nowhere.bin"),
        std::string("."), std::string(), std::string("w.bin\0x", 7), std::string(1 << 20, '/')}) {
    SCOPED_TRACE(location.substr(0, 40));
    MustRefuse(with(location), {"tensor 'w'"});
  }
  MustRefuse(with("w.bin", "offset", "60"), {"tensor 'w'", "at offset 60"});
  MustRefuse(with("w.bin", "offset", "-4"), {"tensor 'w'", "offset '-4'"});
  MustRefuse(with("w.bin", "offset", "9223372036854775807"), {"tensor 'w'"});
  MustRefuse(with("w.bin", "offset", "99999999999999999999"), {"tensor 'w'"});
  MustRefuse(with("w.bin", "length", "8"), {"tensor 'w'", "8 bytes"});
  MustRefuse(with("w.bin", "length", "many"), {"tensor 'w'", "'many'"});
}

std::string Chain(int nodes) {
  Draft draft;
  draft.Input("v0", {-1, 4});
  for (int i = 0; i < nodes; ++i) {
    draft.Node(i % 2 == 0 ? "Relu" : "Tanh", {absl::StrFormat("v%d", i)},
               {absl::StrFormat("v%d", i + 1)});
  }
  draft.Output(absl::StrFormat("v%d", nodes));
  return draft.Bytes();
}

TEST_F(MalformedTest, LongChains) {
  MustRefuse(Chain(100'000), {"the graph has 100000 nodes; at most 16384"});
  Write("bad/model.onnx", Chain(16'384));
  EXPECT_TRUE(Load("bad").ok()) << Load("bad");
}

TEST_F(MalformedTest, DeepNesting) {
  MustRefuse(NestedSubgraphs(1),
             {"operator 'If' is not supported: control flow is out of Convoy's scope"});
  MustRefuse(NestedSubgraphs(20),
             {"operator 'If' is not supported: control flow is out of Convoy's scope"});
  MustRefuse(NestedSubgraphs(1000), {"nest"});
  MustRefuse(NestedSubgraphs(20'000), {"nest"});
  // Groups of a field that ModelProto does not have, each inside of the other.
  MustRefuse(std::string(1 << 20, '\x7b'), {"nest"});
}

TEST_F(MalformedTest, WideGraphs) {
  Draft inputs = Draft::Good();
  for (int i = 0; i < 100'000; ++i) inputs.Input(absl::StrFormat("i%d", i), {-1, 4});
  MustRefuse(inputs, {"the graph has more than 1024 inputs"});
  Draft edges = Draft::OneNode("Concat", std::vector<std::string>(200'000, "x"));
  MustRefuse(edges, {"inputs and outputs; at most"});
}

}  // namespace
}  // namespace convoy::testing
