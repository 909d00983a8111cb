// Graphs by hand for tests of passes: built node by node, run by the reference device, compared as
// text and by their answers.
//
//   PassCase test;
//   test.Output(test.Node("relu", ReluParams(), {test.Input("x", {1, 2})}));
//   EXPECT_EQ(test.Before(), "...");
//   EXPECT_EQ(test.After(FuseEpilogue), "...");
#pragma once

#include <string>
#include <vector>

#include "models/graph/graph.h"

namespace convoy::testing {

class PassCase {
 public:
  models::ValueId Input(const std::string& name, const compute::Shape& shape);
  // Seeded values between 0.5 and 1.5.
  models::ValueId Constant(const std::string& name, const compute::Shape& shape);
  models::ValueId Constant(const std::string& name, const compute::Shape& shape,
                           std::vector<float> values);
  // The node's result is named after it. The shapes must fit.
  models::ValueId Node(const std::string& name, compute::OpParams op,
                       std::vector<models::ValueId> inputs);
  void Output(models::ValueId id) { graph_.outputs.push_back(id); }

  std::string Before() const { return ToString(graph_); }
  // The text after the pass and the removal of dead nodes. Checks that the graph is well-formed and
  // gives the same answer as before, up to rounding.
  std::string After(absl::Status (*pass)(models::Graph&));

  const models::Graph& graph() const { return graph_; }

 private:
  models::Graph graph_;
  uint32_t seed_ = 1;
};

// The outputs for inputs of seeded values between -1 and 1, one after the other.
std::vector<float> RunOnReference(const models::Graph& graph);

}  // namespace convoy::testing
