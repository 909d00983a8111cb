#include "server/rpc/classify_call.h"

#include <algorithm>
#include <new>
#include <utility>

#include "compute/base/status.h"
#include "server/rpc/call_metadata.h"
#include "server/rpc/image_classes.h"
#include "server/rpc/image_tensor.h"
#include "server/rpc/status_codec.h"

namespace convoy::server {
namespace {

uint64_t Microseconds(absl::Duration duration) {
  return static_cast<uint64_t>(std::max<int64_t>(absl::ToInt64Microseconds(duration), 0));
}

// Failures that are the server's, not the image's.
bool IsServerFailure(const absl::Status& status) {
  return !status.ok() && status.code() != absl::StatusCode::kInvalidArgument;
}

}  // namespace

ClassifyCall::ClassifyCall(ServiceCore& core, grpc::CallbackServerContext& context,
                           const convoy::v1::ClassifyRequest& request,
                           convoy::v1::ClassifyResponse& response)
    : core_(core),
      context_(context),
      request_(request),
      response_(response),
      counted_(core, "Classify", HeadersOf(context, core.access_log.on())) {}

ClassifyCall* ClassifyCall::Start() {
  if (const absl::Status status = Prepare(); !status.ok()) {
    End(status);
    return this;
  }
  const int images = request_.images_size();
  holds_ = 2 * images;
  for (int i = 0; i < images; ++i) {
    if (core_.decoders.Post([this, i] { Decode(i); })) continue;
    Settle(i, absl::UnavailableError("Too many images wait to be decoded"));
    Release();
  }
  return this;
}

absl::Status ClassifyCall::Prepare() {
  counted_.set_id(request_.id());
  CONVOY_RETURN_IF_ERROR(
      counted_.Begin(request_.model_name(), request_.model_version(), /*name_required=*/false));
  CONVOY_RETURN_IF_ERROR(CheckClassifyRequest(request_));
  CONVOY_ASSIGN_OR_RETURN(input_spec_, ImageInputSpec(counted_.model()->spec()));
  if (request_.want_class_map())
    CONVOY_RETURN_IF_ERROR(CheckGivesClassMap(counted_.model()->spec()));
  deadline_ = DeadlineOf(context_, core_.clock);
  slots_.resize(static_cast<size_t>(request_.images_size()));
  for (int i = 0; i < request_.images_size(); ++i) response_.add_results();
  counted_.sample().reached_queue = true;
  return absl::OkStatus();
}

void ClassifyCall::OnCancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  for (const Batcher::Ticket ticket : tickets_) counted_.model()->Cancel(ticket);
}

void ClassifyCall::Decode(int i) {
  if (const absl::Status status = DecodeAndSubmit(i); !status.ok()) Settle(i, status);
  Release();
}

absl::Status ClassifyCall::DecodeAndSubmit(int i) {
  Slot& slot = slots_[static_cast<size_t>(i)];
  const absl::Time begin = core_.clock.Now();
  {
    const std::lock_guard lock(mutex_);
    if (cancelled_) return absl::CancelledError("The client cancelled its request");
  }
  if (deadline_ <= begin) {
    return absl::DeadlineExceededError("Request timeout expired before the image was decoded");
  }
  const std::string& file = request_.images(i);
  try {
    slot.input = compute::HostTensor(input_spec_);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("There is no memory for the image's tensor");
  }
  CONVOY_RETURN_IF_ERROR(DecodeImage(std::as_bytes(std::span(file.data(), file.size())),
                                     counted_.model()->spec(), slot.input.mutable_view(),
                                     &slot.seen));
  slot.decode = core_.clock.Now() - begin;
  const Batcher::Ticket ticket = counted_.model()->Submit(
      {.inputs = {slot.input.view()},
       .deadline = deadline_,
       .done = [this, i](absl::StatusOr<Answer> answer) { OnAnswer(i, std::move(answer)); }});
  const std::lock_guard lock(mutex_);
  tickets_.push_back(ticket);
  if (cancelled_) counted_.model()->Cancel(ticket);
  return absl::OkStatus();
}

void ClassifyCall::OnAnswer(int i, absl::StatusOr<Answer> answer) {
  if (!answer.ok()) return Settle(i, answer.status());
  if (answer->outputs.empty()) {
    return Settle(i, absl::InternalError(absl::StrFormat("Model '%s' gave no output",
                                                         counted_.model()->spec().name)));
  }
  Slot& slot = slots_[static_cast<size_t>(i)];
  slot.queue = answer->queue;
  slot.batch = answer->batch;
  slot.cache = answer->cache;
  slot.cache_time = answer->cache_time;
  const compute::TensorView output = answer->outputs[0].view();
  convoy::v1::ImageResult& result = *response_.mutable_results(i);
  if (request_.want_class_map()) {
    const absl::Status status = AddClassMap(output, counted_.model()->spec(), slot.seen, result);
    if (!status.ok()) return Settle(i, status);
  }
  AddClasses(output, counted_.model()->spec(), request_.top_k(), result);
  Settle(i, absl::OkStatus());
}

void ClassifyCall::Settle(int i, const absl::Status& status) {
  slots_[static_cast<size_t>(i)].status = status;
  FillResult(i);
  Release();
}

void ClassifyCall::FillResult(int i) {
  const Slot& slot = slots_[static_cast<size_t>(i)];
  convoy::v1::ImageResult& result = *response_.mutable_results(i);
  if (!slot.status.ok()) {
    result.mutable_error()->set_code(static_cast<int32_t>(slot.status.code()));
    result.mutable_error()->set_message(ClientText(std::string(slot.status.message())));
  }
  result.set_batch_size(static_cast<uint32_t>(slot.batch.rows));
  result.mutable_times()->set_decode_us(Microseconds(slot.decode));
  result.mutable_times()->set_queue_us(Microseconds(slot.queue));
  result.mutable_times()->set_compute_us(Microseconds(slot.batch.compute));
  result.mutable_times()->set_total_us(Microseconds(core_.clock.Now() - counted_.start()));
}

void ClassifyCall::Release() {
  if (--holds_ == 0) End(Outcome());
}

void ClassifyCall::End(const absl::Status& status) {
  counted_.Count(status);
  if (const std::string id = counted_.id_to_tell(); !id.empty()) {
    context_.AddTrailingMetadata(kRequestId, id);
  }
  Finish(ToGrpcStatus(status));
}

// The call itself fails where no image ran for a reason that is the server's own, so that a
// client's retry rule sees it; everything else is told image by image.
absl::Status ClassifyCall::Outcome() {
  bool all_failed = true;
  for (const Slot& slot : slots_) {
    all_failed = all_failed && IsServerFailure(slot.status);
    if (!slot.status.ok()) continue;
    ++counted_.sample().rows;
    if (slot.cache != CacheUse::kHit) counted_.Ran(slot.queue, slot.batch);
    counted_.AskedCache(slot.cache, slot.cache_time, 1);
  }
  if (all_failed) return slots_[0].status;
  response_.set_model_name(counted_.model()->spec().name);
  response_.set_model_version(absl::StrFormat("%d", counted_.model()->version()));
  response_.set_id(request_.id());
  return absl::OkStatus();
}

}  // namespace convoy::server
