#include "server/rpc/infer_task.h"

#include <algorithm>
#include <new>
#include <utility>

#include "compute/base/checked.h"
#include "compute/base/status.h"

namespace convoy::server {

InferTask::InferTask(ServiceCore& core, std::string_view method, CallHeaders headers,
                     const inference::ModelInferRequest& request,
                     inference::ModelInferResponse& response)
    : core_(core),
      request_(request),
      response_(response),
      counted_(core, method, std::move(headers)) {}

void InferTask::Start(absl::Time deadline, Done done) {
  done_ = std::move(done);
  result_ = Prepare(deadline);
  if (result_.ok()) {
    if (decoded_.images.empty()) {
      Submit();
    } else {
      PostImages();
    }
  }
  Release();
}

absl::Status InferTask::Prepare(absl::Time deadline) {
  counted_.set_id(request_.id());
  CONVOY_RETURN_IF_ERROR(
      counted_.Begin(request_.model_name(), request_.model_version(), /*name_required=*/true));
  CONVOY_ASSIGN_OR_RETURN(parameters_, ParseParameters(request_));
  deadline_ = deadline;
  try {
    CONVOY_ASSIGN_OR_RETURN(decoded_,
                            DecodeRequest(request_, counted_.model()->spec(), core_.shared_memory));
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("There is no memory for the request's tensors");
  }
  counted_.sample().rows = decoded_.rows;
  counted_.sample().reached_queue = true;
  return absl::OkStatus();
}

void InferTask::PostImages() {
  const size_t images = decoded_.images.size();
  image_status_.resize(images);
  images_left_ = images;
  holds_ += static_cast<int>(images);
  for (size_t i = 0; i < images; ++i) {
    if (core_.decoders.Post([this, i] { DecodeImage(i); })) continue;
    image_status_[i] = absl::UnavailableError("Too many images wait to be decoded");
    EndImage();
  }
}

void InferTask::DecodeImage(size_t i) {
  if (IsCancelled()) {
    image_status_[i] = absl::CancelledError("The client cancelled its request");
  } else if (deadline_ <= core_.clock.Now()) {
    image_status_[i] =
        absl::DeadlineExceededError("Request timeout expired before the image was decoded");
  } else {
    image_status_[i] =
        server::DecodeImage(decoded_.images[i], counted_.model()->spec(), decoded_.ImageRow(i));
  }
  EndImage();
}

// The thread that is done with the last picture queues the request.
void InferTask::EndImage() {
  if (--images_left_ == 0) {
    result_ = ImageFailure();
    if (result_.ok()) Submit();
  }
  Release();
}

absl::Status InferTask::ImageFailure() const {
  for (size_t i = 0; i < image_status_.size(); ++i) {
    if (image_status_[i].ok()) continue;
    return compute::WithContext(
        image_status_[i],
        absl::StrFormat("in element %d of input '%s'", i, counted_.model()->spec().inputs[0].name));
  }
  return absl::OkStatus();
}

void InferTask::Submit() {
  ++holds_;
  ServedModel& model = *counted_.model();
  const Batcher::Ticket ticket =
      model.Submit({.rows = decoded_.rows,
                    .shape_key = decoded_.shape_key,
                    .inputs = std::move(decoded_.inputs),
                    .deadline = deadline_,
                    .done = [this](absl::StatusOr<Answer> answer) { OnAnswer(std::move(answer)); },
                    .priority = parameters_.priority,
                    .timeout = parameters_.timeout});
  const std::lock_guard lock(mutex_);
  ticket_ = ticket;
  if (cancelled_) model.Cancel(ticket);
}

void InferTask::Cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  if (ticket_ != 0) counted_.model()->Cancel(ticket_);
}

size_t InferTask::ReplyBytes() const {
  int64_t bytes = 0;
  for (const WantedOutput& wanted : decoded_.outputs) {
    if (wanted.classes > 0 || wanted.place.region != nullptr) continue;
    const models::TensorDeclaration& output =
        counted_.model()->spec().outputs[static_cast<size_t>(wanted.index)];
    const int64_t row = compute::CheckedProduct(output.dims).value_or(0);
    bytes += decoded_.rows * row * SizeOf(output.dtype);
  }
  return static_cast<size_t>(bytes);
}

bool InferTask::IsCancelled() {
  const std::lock_guard lock(mutex_);
  return cancelled_;
}

void InferTask::OnAnswer(absl::StatusOr<Answer> answer) {
  if (answer.ok()) {
    if (answer->cache != CacheUse::kHit) counted_.Ran(answer->queue, answer->batch);
    counted_.AskedCache(answer->cache, answer->cache_time, decoded_.rows);
    result_ = Encode(*answer);
  } else {
    result_ = answer.status();
  }
  Release();
}

absl::Status InferTask::Encode(const Answer& answer) {
  const ServedModel& model = *counted_.model();
  try {
    response_.set_model_name(model.spec().name);
    response_.set_model_version(absl::StrFormat("%d", model.version()));
    response_.set_id(request_.id());
    return EncodeOutputs(answer.outputs, decoded_.outputs, model.spec(), response_);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("There is no memory for the reply's tensors");
  }
}

void InferTask::Release() {
  if (--holds_ > 0) return;
  counted_.Count(result_);
  // While `done` runs the task may go.
  const Done done = std::move(done_);
  const absl::Status status = std::move(result_);
  done(status);
}

}  // namespace convoy::server
