// SPDX-License-Identifier: Apache-2.0
#include "dispatch/upload.hpp"

#include "dispatch/error_catalogue.hpp"
#include "dispatch/host_names.hpp"

#include <utility>

namespace mortise::dispatch {
namespace {

constexpr std::size_t partBytes = 256; // about what a part costs besides its texts
constexpr std::size_t fileCost = 4096; // about what a file costs besides its bytes

} // namespace

Upload::Upload(std::string_view boundary, const UploadLimits& limits, UploadStore& store)
    : limits_(limits),
      reader_(boundary, {limits.parts, limits.partHeadBytes}),
      files_(std::make_shared<UploadFiles>(store)) {}

const http::Fault* Upload::take(std::string_view piece) {
    reader_.feed(piece);
    return read();
}

const http::Fault* Upload::finish() {
    reader_.finish();
    if (const http::Fault* const fault = read()) return fault;
    finished_ = true;
    return nullptr;
}

const http::Fault* Upload::read() {
    using Event = http::MultipartReader::Event;
    for (;;) {
        const http::Fault* fault = nullptr;
        switch (reader_.next()) {
        case Event::more:
        case Event::end:
            return nullptr;
        case Event::fault:
            return &reader_.fault();
        case Event::part:
            fault = beginPart();
            break;
        case Event::data:
            fault = takeData(reader_.data());
            break;
        case Event::part_end:
            if (std::exchange(unchosen_, false)) parts_.pop_back();
            break;
        }
        if (fault != nullptr) return fault;
    }
}

const http::Fault* Upload::keep(std::size_t bytes) noexcept {
    if (fieldBytes_ + bytes > limits_.fieldBytes) return &error::formTooLarge;
    fieldBytes_ += bytes;
    return nullptr;
}

const http::Fault* Upload::beginPart() {
    const http::MultipartHead& head = reader_.head();
    const std::string_view fileName = head.file_name ? std::string_view(*head.file_name) : std::string_view();
    if (const http::Fault* const fault =
            keep(partBytes + head.name.size() + fileName.size() + head.content_type.size()))
        return fault;
    Part& part = parts_.emplace_back();
    part.name = head.name;
    part.fileName = fileName;
    part.contentType = head.content_type;
    if (!head.file_name) return nullptr;
    // What browsers send for a file that nobody chose.
    unchosen_ = fileName.empty();
    return unchosen_ ? nullptr : beginFile();
}

const http::Fault* Upload::beginFile() {
    if (fileCount_ == limits_.files) return &error::tooManyFiles;
    if (!files_->take(fileCost)) return &error::uploadSpace;
    parts_.back().file = fileCount_++;
    steps_.push_back({parts_.back().file, {}});
    return nullptr;
}

const http::Fault* Upload::takeData(std::string_view data) {
    if (std::exchange(unchosen_, false))
        if (const http::Fault* const fault = beginFile()) return fault;
    Part& part = parts_.back();
    part.size += data.size();
    if (part.file == noFile) {
        if (const http::Fault* const fault = keep(data.size())) return fault;
        part.data.append(data);
        return nullptr;
    }
    if (limits_.fileBytes != 0 && part.size > limits_.fileBytes) return &error::fileTooLarge;
    if (!files_->take(data.size())) return &error::uploadSpace;
    if (steps_.empty() || steps_.back().file != part.file) steps_.push_back({part.file, {}});
    std::string& bytes = steps_.back().bytes;
    if (bytes.size() + data.size() > pieceBytes) bytes.reserve(blockBytes + pieceBytes); // it will be a large one
    bytes.append(data);
    gathered_ += data.size();
    return nullptr;
}

UploadBatch Upload::beginBatch(std::uint64_t nowMs) noexcept {
    writing_ = true;
    ended_ = finished_;
    sinceMs_ = nowMs;
    gathered_ = 0;
    return {files_, std::exchange(steps_, {}), finished_};
}

const std::vector<mortise_part>& Upload::parts() {
    shown_.clear();
    for (Part& part : parts_) {
        part.place = std::to_string(shown_.size());
        const std::string_view path = part.file == noFile ? std::string_view() : files_->paths()[part.file];
        shown_.push_back(
            {view(part.name), view(part.fileName), view(part.contentType), view(part.data), view(path), part.size});
    }
    return shown_;
}

std::vector<json::FormPair> Upload::fields() const {
    std::vector<json::FormPair> pairs;
    for (const Part& part : parts_)
        pairs.push_back({part.name, part.file == noFile ? part.data : part.place, part.file != noFile});
    return pairs;
}

} // namespace mortise::dispatch
