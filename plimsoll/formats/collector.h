// Gathers a file's series while it is read: samples of one series join, whatever order they come in.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plimsoll/formats/imported_file.h"

namespace plimsoll::formats {

class Collector {
 public:
  // Values that are not finite are left out.
  void add_sample(const model::Series& series, double value);
  void add_samples(const model::Series& series, model::Samples&& values);

  // All values of a series, of which the file says how often each came: its figures, which may be corrected,
  // and in seconds its histogram. Values that are not finite are left out.
  Figures& set_counts(const model::Series& series, std::vector<std::pair<double, std::uint64_t>> counts);

  // Figures as the file has them; they count only where no sample of the series comes.
  Figures& figures(const model::Series& series);

  void skip(std::string what, std::string why);
  ImportedFile& file() { return file_; }

  // The file, every figure computed.
  ImportedFile take();

 private:
  ImportedSeries& find(const model::Series& series);

  ImportedFile file_;
  std::map<model::SeriesId, std::size_t> index_;
};

// A label's value: the text as it stands, or where it is longer than a label may be (200 bytes) its beginning
// and a digest of the whole.
std::string label_value(std::string_view text);

// Parameters of a benchmark as labels: those whose name can be a label's key under it, the others together as
// `parameters`. Names that are taken, and more than five, go there too.
void add_parameters(model::Labels& labels, const std::vector<std::pair<std::string, std::string>>& given);

model::Series series_in_seconds(std::string name, model::Labels labels);

}  // namespace plimsoll::formats
