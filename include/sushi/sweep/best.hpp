// The Pareto front of a sweep over named columns.
#pragma once

#include <string>
#include <vector>

#include "sushi/sweep/merge.hpp"

namespace sushi::sweep {

struct Objective {
  std::string column;
  bool maximise = false;

  // "min:COLUMN", "max:COLUMN" or "COLUMN", which is minimised. UserError for anything else.
  static Objective Parse(const std::string& text);
};

struct Condition {
  enum class Relation { kLess, kLessEqual, kEqual, kNotEqual, kGreaterEqual, kGreater };
  std::string column;
  Relation relation = Relation::kLessEqual;
  std::string value;

  // "COLUMN <= VALUE"; also < >= > == !=. UserError for anything else.
  static Condition Parse(const std::string& text);
};

struct BestPoint {
  std::int64_t index = 0;
  PointId id;
  std::vector<std::string> labels;
  std::vector<Cell> metrics;
};

struct BestResult {
  // No point is at least as good in all objectives and better in one; equal ones are all here. Sorted by the
  // objectives in their order, the best of the first on top; equal ones by index.
  std::vector<BestPoint> front;
  std::int64_t considered = 0;  // done points that satisfy the conditions and have numbers as objectives
  PointCounts counts;
};

// Columns are metrics and axes; the first of equal name, metrics first. Numbers are compared as numbers;
// == and != also compare text. A cell that is no number satisfies no other relation, and as an objective (nan
// too) leaves its point out. UserError: no objective, an unknown column, a relation that needs a number.
BestResult Best(const Store& store, const SweepTable& table, const std::vector<Objective>& objectives,
                const std::vector<Condition>& conditions);

}  // namespace sushi::sweep
