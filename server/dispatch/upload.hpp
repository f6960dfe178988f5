// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/serving_settings.hpp"
#include "host/upload_files.hpp"
#include "http/fault.hpp"
#include "http/multipart.hpp"
#include "json/form.hpp"

#include <mortise/abi/exchange.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::dispatch {

using host::UploadFiles;
using host::UploadLimits;
using host::UploadStep;
using host::UploadStore;

// What a worker writes for a request.
struct UploadBatch {
    std::shared_ptr<UploadFiles> files;
    std::vector<UploadStep> steps;
    bool last = false;

    int write() const noexcept { return files->write(steps, last); } // 0, or an errno
};

// A multipart/form-data body while it is received: fields are kept, files are gathered into steps that somebody writes
// to the disk, one batch at a time. Thread: the loop's.
class Upload {
public:
    static constexpr std::size_t pieceBytes = 16 * 1024; // about the most that comes at once
    static constexpr std::size_t blockBytes = 64 * 1024; // worth a write; as much may gather beside one
    // Of a body with files, whatever their size: a batch that is written, one that gathers, and what comes on top.
    static constexpr std::size_t bufferBytes = 2 * (blockBytes + pieceBytes);

    Upload(std::string_view boundary, const UploadLimits& limits, UploadStore& store);

    // The next piece of the body; why it is refused, or null.
    const http::Fault* take(std::string_view piece);
    // The body is complete; likewise.
    const http::Fault* finish();

    // A batch is waiting to be written, and none is being. The last one ends the last file, perhaps with nothing to
    // write.
    bool hasBatch() const noexcept { return !writing_ && (finished_ ? !isWritten() : gathered_ >= blockBytes); }
    UploadBatch beginBatch(std::uint64_t nowMs) noexcept;
    void endBatch() noexcept { writing_ = false; }
    // Since when (monotonic ms), or 0: nothing is being written.
    std::uint64_t writingSinceMs() const noexcept { return writing_ ? sinceMs_ : 0; }
    // More had better wait for the disk.
    bool isFull() const noexcept { return writing_ && gathered_ >= blockBytes; }
    // Everything is received and written.
    bool isDone() const noexcept { return finished_ && !writing_ && isWritten(); }

    // Memory that is or may be used, in bytes: what the reader holds, fields, and batches. Only grows.
    std::uint64_t memory() const noexcept {
        return 2 * (pieceBytes + limits_.partHeadBytes) + fieldBytes_ + (fileCount_ != 0 ? bufferBytes : 0);
    }
    std::uint64_t fieldBytes() const noexcept { return fieldBytes_; }

    // Once it is done, in this order; views live as long as this. In fields() a file's value is its place in parts().
    const std::vector<mortise_part>& parts();
    std::vector<json::FormPair> fields() const;

private:
    static constexpr std::uint32_t noFile = 0xffffffffu;
    struct Part {
        std::string name;
        std::string fileName;
        std::string contentType;
        std::string data; // of a field
        std::string place;
        std::uint32_t file = noFile;
        std::uint64_t size = 0;
    };

    const http::Fault* read();
    const http::Fault* beginPart();
    const http::Fault* takeData(std::string_view data);
    const http::Fault* beginFile();
    const http::Fault* keep(std::size_t bytes) noexcept;
    bool isWritten() const noexcept { return steps_.empty() && (ended_ || fileCount_ == 0); }

    const UploadLimits limits_;
    http::MultipartReader reader_;
    std::shared_ptr<UploadFiles> files_;
    std::deque<Part> parts_;
    std::uint32_t fileCount_ = 0;
    bool unchosen_ = false; // a file without a name: none at all, unless there are bytes
    std::uint64_t fieldBytes_ = 0;
    std::vector<UploadStep> steps_;
    std::size_t gathered_ = 0; // bytes in steps_
    bool finished_ = false;
    bool ended_ = false; // the last batch has been begun
    bool writing_ = false;
    std::uint64_t sinceMs_ = 0;
    std::vector<mortise_part> shown_;
};

} // namespace mortise::dispatch
