// SPDX-License-Identifier: Apache-2.0
#include "dispatch/upload.hpp"

#include "tests/support/eventually.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mortise::dispatch {

class UploadTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(UploadTest);
    CPPUNIT_TEST(limitsAreExact);
    CPPUNIT_TEST(spaceIsGivenBack);
    CPPUNIT_TEST(batchesComeOneByOne);
    CPPUNIT_TEST(whatNobodyChoseIsNothing);
    CPPUNIT_TEST(faultsOfTheFormAreTold);
    CPPUNIT_TEST(failuresOfTheDiskAreTold);
    CPPUNIT_TEST_SUITE_END();

    static std::string part(const std::string& name, const std::string& data, const std::string& file = "-") {
        return "--B\r\nContent-Disposition: form-data; name=" + name +
               (file == "-" ? "" : "; filename=\"" + file + "\"") + "\r\n\r\n" + data + "\r\n";
    }
    // The code of the fault; "" for none.
    std::string verdict(const UploadLimits& limits, const std::string& parts) {
        Upload upload("B", limits, *store_);
        const http::Fault* fault = upload.take(parts + "--B--");
        if (fault == nullptr) fault = upload.finish();
        return fault == nullptr ? std::string() : std::string(fault->code);
    }
    static int write(Upload& upload) {
        CPPUNIT_ASSERT(upload.hasBatch());
        const UploadBatch batch = upload.beginBatch(1);
        CPPUNIT_ASSERT(!upload.hasBatch() && upload.writingSinceMs() == 1);
        const int failure = batch.write();
        upload.endBatch();
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, upload.writingSinceMs());
        return failure;
    }
    std::size_t filesLeft() const {
        const std::filesystem::path folder = folder_.path() / "uploads";
        if (!std::filesystem::exists(folder)) return 0;
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
    }

public:
    void setUp() override {
        workers_.emplace(base::WorkerPoolSettings{"test", 1, 8, 0});
        store_ = std::make_unique<UploadStore>(UploadStore::Settings{(folder_.path() / "uploads").string(), 1'000'000},
                                               *workers_);
    }
    void tearDown() override {
        CPPUNIT_ASSERT(workers_->drain(std::chrono::steady_clock::now() + std::chrono::seconds(10)));
        store_.reset();
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, filesLeft());
        workers_.reset();
    }

    void limitsAreExact() {
        UploadLimits limits;
        limits.fieldBytes = 2 * 256 + 2 + 10;
        CPPUNIT_ASSERT_EQUAL(std::string(), verdict(limits, part("a", "12345") + part("b", "12345")));
        CPPUNIT_ASSERT_EQUAL(std::string("form_too_large"), verdict(limits, part("a", "12345") + part("b", "123456")));
        CPPUNIT_ASSERT_EQUAL(std::string("form_too_large"),
                             verdict(limits, part("a", "") + part("b", "") + part("c", "")));
        limits = {};
        limits.files = 1;
        limits.fileBytes = 3;
        CPPUNIT_ASSERT_EQUAL(std::string(), verdict(limits, part("a", "123", "x") + part("b", "1234")));
        CPPUNIT_ASSERT_EQUAL(std::string("file_too_large"), verdict(limits, part("a", "1234", "x")));
        CPPUNIT_ASSERT_EQUAL(std::string("too_many_files"), verdict(limits, part("a", "", "x") + part("b", "", "y")));
        limits.parts = 1;
        CPPUNIT_ASSERT_EQUAL(std::string("http_too_many_parts"), verdict(limits, part("a", "") + part("b", "")));
    }

    // A file costs 4 KiB besides its bytes; what it took comes back when it is gone from the disk.
    void spaceIsGivenBack() {
        const auto used = [this](std::uint64_t bytes) {
            CPPUNIT_ASSERT(tests::eventually([&] { return store_->used() == bytes; }));
        };
        UploadLimits limits;
        Upload first("B", limits, *store_);
        CPPUNIT_ASSERT(first.take(part("a", std::string(700'000, 'x'), "x")) == nullptr);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{704'096}, store_->used());
        CPPUNIT_ASSERT_EQUAL(std::string("upload_space"), verdict(limits, part("a", std::string(291'809, 'x'), "x")));
        used(704'096);
        CPPUNIT_ASSERT_EQUAL(std::string(), verdict(limits, part("a", std::string(291'808, 'x'), "x")));
        used(704'096);
        CPPUNIT_ASSERT_EQUAL(std::string("upload_space"),
                             verdict(limits, part("a", std::string(291'000, 'x'), "x") + part("b", "", "y")));
        used(704'096);
        CPPUNIT_ASSERT(!store_->take(~std::uint64_t{0}));
    }

    void batchesComeOneByOne() {
        auto upload = std::make_unique<Upload>("B", UploadLimits{}, *store_);
        CPPUNIT_ASSERT(upload->take(part("t", "text") + part("f", "", "empty") +
                                    "--B\r\nContent-Disposition: form-data; "
                                    "name=g; filename=large\r\n\r\nbegin") == nullptr);
        CPPUNIT_ASSERT(!upload->hasBatch() && !upload->isFull());
        const std::uint64_t memory = upload->memory();
        CPPUNIT_ASSERT(memory >= Upload::bufferBytes);
        CPPUNIT_ASSERT(upload->take(std::string(Upload::blockBytes, 'x')) == nullptr);
        CPPUNIT_ASSERT(upload->hasBatch());
        auto batch = std::make_unique<UploadBatch>(upload->beginBatch(5));
        CPPUNIT_ASSERT(!upload->isFull());
        CPPUNIT_ASSERT(upload->take(std::string(Upload::blockBytes, 'y')) == nullptr);
        CPPUNIT_ASSERT(!upload->hasBatch() && upload->isFull());
        CPPUNIT_ASSERT_EQUAL(0, batch->write());
        batch.reset();
        upload->endBatch();
        CPPUNIT_ASSERT_EQUAL(0, write(*upload));
        CPPUNIT_ASSERT(upload->take("end\r\n--B--") == nullptr && !upload->isDone());
        CPPUNIT_ASSERT(upload->finish() == nullptr && !upload->isDone());
        CPPUNIT_ASSERT_EQUAL(0, write(*upload));
        CPPUNIT_ASSERT(upload->isDone());
        CPPUNIT_ASSERT_EQUAL(memory, upload->memory());

        const auto& parts = upload->parts();
        const auto fields = upload->fields();
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, parts.size());
        CPPUNIT_ASSERT(fields[0].value == "text" && !fields[0].isFile);
        CPPUNIT_ASSERT(fields[2].name == "g" && fields[2].value == "2" && fields[2].isFile);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2 * Upload::blockBytes + 8}, parts[2].size);
        std::ifstream file(std::string(parts[2].path.data, parts[2].path.size));
        const std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        CPPUNIT_ASSERT("begin" + std::string(Upload::blockBytes, 'x') + std::string(Upload::blockBytes, 'y') + "end" ==
                       content);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, filesLeft());
        // What was moved away is nobody's business any more.
        std::filesystem::rename(std::string(parts[2].path.data, parts[2].path.size), folder_.path() / "kept");
        upload.reset();
        CPPUNIT_ASSERT(tests::eventually([&] { return store_->used() == 0; }));
        CPPUNIT_ASSERT(filesLeft() == 0 && std::filesystem::exists(folder_.path() / "kept"));
    }

    void whatNobodyChoseIsNothing() {
        Upload upload("B", {}, *store_);
        CPPUNIT_ASSERT(upload.take(part("a", "", "") + part("b", "x", "") + part("c", "", "") + "--B--") == nullptr);
        CPPUNIT_ASSERT(upload.finish() == nullptr);
        CPPUNIT_ASSERT_EQUAL(0, write(upload));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, upload.parts().size());
        CPPUNIT_ASSERT(upload.fields()[0].name == "b" && upload.fields()[0].isFile);
    }

    void faultsOfTheFormAreTold() {
        Upload upload("B", {}, *store_);
        CPPUNIT_ASSERT(upload.take("--B\r\n") == nullptr);
        CPPUNIT_ASSERT_EQUAL(std::string("http_bad_multipart"), std::string(upload.finish()->code));
    }

    void failuresOfTheDiskAreTold() {
        std::ofstream(folder_.path() / "uploads") << "in the way";
        {
            Upload upload("B", {}, *store_);
            CPPUNIT_ASSERT(upload.take(part("a", "x", "x") + "--B--") == nullptr && upload.finish() == nullptr);
            CPPUNIT_ASSERT_EQUAL(ENOTDIR, write(upload));
        }
        std::filesystem::remove(folder_.path() / "uploads");
    }

private:
    tests::TemporaryFolder folder_;
    std::optional<base::WorkerPool> workers_;
    std::unique_ptr<UploadStore> store_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(UploadTest);

} // namespace mortise::dispatch
