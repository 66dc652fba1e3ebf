// The arrival processes against their theory. Bounds are six standard errors unless they say otherwise: a
// right process passes for all but two in 10^9 seeds, and seeds are fixed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sushi/core/error.hpp"
#include "sushi/query/generators.hpp"
#include "sushi/query/portable_math.hpp"

namespace sushi {
namespace {

GeneratorConfig ConfigOf(const std::string& arrivals, double rate_qps, std::int64_t queries = 100'000) {
  GeneratorConfig config;
  config.kind = "uniform";
  config.seed = 20;
  config.queries = queries;
  config.arrivals = arrivals;
  config.arrival_rate_qps = rate_qps;
  return config;
}

std::vector<std::int64_t> ArrivalsPs(const GeneratorConfig& config) {
  std::vector<std::int64_t> arrivals;
  const std::unique_ptr<QuerySource> source = MakeGenerator(config);
  for (Query query; source->Next(query);) arrivals.push_back(query.arrival.value().value());
  return arrivals;
}

struct Moments {
  double mean_s = 0, cv2 = 0;
};

// Of the gaps, the first one from 0.
Moments GapMoments(const std::vector<std::int64_t>& arrivals) {
  double sum = 0, squares = 0;
  std::int64_t last = 0;
  for (const std::int64_t at : arrivals) {
    EXPECT_GE(at, last);
    const double gap = static_cast<double>(at - last) * 1e-12;
    sum += gap;
    squares += gap * gap;
    last = at;
  }
  const auto n = static_cast<double>(arrivals.size());
  const double mean = sum / n;
  return {mean, (squares / n - mean * mean) / (mean * mean)};
}

std::string ErrorOf(const GeneratorConfig& config) {
  try {
    ArrivalsPs(config);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(PortableMath, AgreesWithTheLibrary) {
  Random random(5);
  for (int i = 0; i < 100'000; ++i) {
    const double x = -random.Uniform(0, 700);
    EXPECT_NEAR(PortableExp(x) / std::exp(x), 1, 1e-14) << x;
    const double y = random.Exponential(1) * (i % 2 == 0 ? 1e-3 : 1e3);
    EXPECT_NEAR(PortableLog(y), std::log(y), 1e-14 * std::fmax(1, std::fabs(std::log(y)))) << y;
  }
  EXPECT_EQ(PortableExp(0), 1);
  EXPECT_EQ(PortableExp(-1e300), 0);
  EXPECT_EQ(PortableLog(1), 0);
}

// Mean k, variance k, third central moment 2k.
TEST(Random, GammaHasItsThreeMomentsOnBothSidesOfShapeOne) {
  for (const double shape : {0.05, 0.5, 1.0, 1.5, 4.0, 100.0}) {
    Random random(6);
    constexpr int kDraws = 200'000;
    double sum = 0, squares = 0, cubes = 0;
    for (int i = 0; i < kDraws; ++i) {
      const double x = random.Gamma(shape);
      ASSERT_GE(x, 0);
      const double d = x - shape;
      sum += d;
      squares += d * d;
      cubes += d * d * d;
    }
    const double n = kDraws;
    // Standard errors from the central moments of order 4 and 6.
    const double m2 = shape, m3 = 2 * shape, m4 = 3 * shape * shape + 6 * shape;
    const double m6 = 15 * shape * shape * shape + 130 * shape * shape + 120 * shape;
    EXPECT_NEAR(sum / n, 0, 6 * std::sqrt(m2 / n)) << shape;
    EXPECT_NEAR(squares / n, m2, 6 * std::sqrt((m4 - m2 * m2) / n)) << shape;
    EXPECT_NEAR(cubes / n, m3, 6 * std::sqrt((m6 - m3 * m3) / n)) << shape;
  }
}

// The first 20 arrivals of seed 1.
struct Pin {
  const char* what;
  GeneratorConfig config;
  std::vector<std::int64_t> arrivals_ps;
};

std::vector<Pin> Pins() {
  GeneratorConfig gamma = ConfigOf("gamma", 100, 20);
  gamma.seed = 1;
  gamma.arrival_cv2 = 4;
  GeneratorConfig narrow = gamma;
  narrow.arrival_cv2 = 0.25;
  GeneratorConfig bursty = gamma;
  bursty.arrivals = "bursty";
  bursty.arrival_cv2 = 8;
  bursty.base_rate_qps = 50;
  GeneratorConfig ramp = ConfigOf("ramp", 10, 20);
  ramp.seed = 1;
  ramp.ramp_to_qps = 100;
  ramp.ramp_qps_per_s = 50;
  GeneratorConfig on_off = ConfigOf("on_off", 100, 20);
  on_off.seed = 1;
  on_off.on_phase_s = 0.05;
  on_off.off_phase_s = 0.2;
  return {
      {"gamma of CV2 4", gamma, {32'552'774'198,  33'060'915'222,  34'302'846'031,  35'124'990'956,
                                 36'383'432'062,  37'109'427'046,  38'778'310'235,  38'801'656'990,
                                 40'551'389'839,  40'847'123'648,  236'985'998'213, 247'302'950'924,
                                 248'365'821'425, 252'037'256'801, 288'658'788'084, 290'883'017'130,
                                 297'666'862'497, 375'671'286'333, 399'572'815'220, 399'595'120'695}},
      {"gamma of CV2 0.25", narrow, {10'263'750'449,  19'844'593'391,  30'564'380'883,  43'548'500'580,
                                     57'064'748'823,  72'791'522'288,  79'209'547'453,  85'401'747'413,
                                     93'139'871'932,  100'815'999'587, 103'397'070'317, 107'246'330'332,
                                     124'269'473'988, 147'277'057'830, 156'175'455'448, 168'226'031'852,
                                     178'346'744'355, 199'002'062'707, 218'349'544'111, 227'843'215'846}},
      {"bursty", bursty, {20'000'000'000,  40'000'000'000,  40'635'684'756,  40'704'026'234,
                          40'747'063'019,  40'763'144'550,  40'887'220'404,  40'900'657'283,
                          40'984'568'810,  40'984'732'730,  41'024'107'915,  41'028'419'121,
                          60'000'000'000,  80'000'000'000,  100'000'000'000, 120'000'000'000,
                          140'000'000'000, 160'000'000'000, 180'000'000'000, 200'000'000'000}},
      {"ramp", ramp, {20'960'990'509,  161'053'876'154, 216'857'042'230, 278'024'052'838, 300'247'185'018,
                      302'628'427'848, 314'725'086'303, 414'210'149'663, 432'953'737'356, 451'400'745'681,
                      454'714'642'954, 475'963'573'480, 532'395'674'710, 603'686'815'020, 609'274'837'033,
                      628'661'264'548, 648'268'421'892, 697'138'360'596, 707'897'276'836, 743'409'119'826}},
      {"on_off", on_off, {237'433'496'397,   242'868'559'154,   243'465'581'745,   246'542'226'242,
                          274'620'274'612,   280'464'356'033,   286'387'480'493,   287'469'563'549,
                          294'538'435'792,   1'020'721'612'762, 1'042'046'093'381, 1'046'901'150'189,
                          1'133'569'217'057, 1'181'601'133'602, 1'194'755'274'140, 1'201'807'132'871,
                          1'205'602'722'073, 1'326'854'919'660, 1'741'655'892'921, 1'766'083'979'205}},
  };
}

// What this seed gave when the processes were written; every compiler and library has to give the same.
TEST(Arrivals, AreTheSameEverywhere) {
  for (const Pin& pin : Pins()) EXPECT_EQ(ArrivalsPs(pin.config), pin.arrivals_ps) << pin.what;
}

TEST(Arrivals, OfARateAloneArePoissonAndWithoutOneAClosedLoop) {
  EXPECT_EQ(ArrivalsPs(ConfigOf("auto", 15, 100)), ArrivalsPs(ConfigOf("poisson", 15, 100)));
  EXPECT_EQ(ArrivalsPs(ConfigOf("auto", 15, 100)), ArrivalsPs(ConfigOf("server", 15, 100)));
  for (const auto& [arrivals, rate] :
       std::vector<std::pair<std::string, double>>{{"auto", 0}, {"closed", 15}, {"single_stream", 0}}) {
    Query query;
    ASSERT_TRUE(MakeGenerator(ConfigOf(arrivals, rate))->Next(query));
    EXPECT_FALSE(query.arrival.has_value()) << arrivals;
  }
}

// Standard errors for gamma gaps: of the mean √(CV²/n), of CV² √((2 CV⁴ + 2 CV⁶) / n) by the delta method.
TEST(Arrivals, GammaHasItsRateAndItsCv2) {
  for (const double cv2 : {0.1, 1.0, 4.0, 20.0}) {
    GeneratorConfig config = ConfigOf("gamma", 50);
    config.arrival_cv2 = cv2;
    const Moments gaps = GapMoments(ArrivalsPs(config));
    EXPECT_NEAR(gaps.mean_s * 50, 1, 6 * std::sqrt(cv2 / 1e5)) << cv2;
    EXPECT_NEAR(gaps.cv2, cv2, 6 * std::sqrt((2 * cv2 * cv2 + 2 * cv2 * cv2 * cv2) / 1e5)) << cv2;
  }
}

TEST(Arrivals, GammaOfCv2OneIsPoissonAndOfZeroConstant) {
  EXPECT_EQ(ArrivalsPs(ConfigOf("gamma", 7, 500)), ArrivalsPs(ConfigOf("poisson", 7, 500)));
  GeneratorConfig config = ConfigOf("gamma", 7, 500);
  config.arrival_cv2 = 0;
  EXPECT_EQ(ArrivalsPs(config), ArrivalsPs(ConfigOf("constant", 7, 500)));
  config.arrival_rate_qps = 1;
  config.arrival_cv2 = 5e-324;  // 1 / CV² is no number
  EXPECT_EQ(ArrivalsPs(config), ArrivalsPs(ConfigOf("constant", 1, 500)));
  config.arrival_cv2 = 1e-15;
  EXPECT_NE(ArrivalsPs(config), ArrivalsPs(ConfigOf("constant", 1, 500)));
  for (const std::int64_t at : ArrivalsPs(config)) EXPECT_NEAR(std::remainder(at, 1e12), 0, 1e7) << at;
}

TEST(Arrivals, GammaOfAHugeCv2StaysFiniteAndComesInClumps) {
  GeneratorConfig config = ConfigOf("gamma", 1e6, 10'000);
  config.arrival_cv2 = 1e6;
  const std::vector<std::int64_t> arrivals = ArrivalsPs(config);
  int together = 0;
  for (std::size_t i = 1; i < arrivals.size(); ++i) together += arrivals[i] == arrivals[i - 1];
  EXPECT_GT(together, 9900);
}

TEST(Arrivals, ConstantDoesNotDriftByRounding) {
  const std::vector<std::int64_t> arrivals = ArrivalsPs(ConfigOf("constant", 3));
  EXPECT_EQ(arrivals[0], 333'333'333'333);
  EXPECT_EQ(arrivals[1], 666'666'666'667);
  EXPECT_EQ(arrivals[99'998], 33'333'000'000'000'000);
}

TEST(Arrivals, BurstyIsTheConstantPartAndTheGammaPartTogether) {
  GeneratorConfig config = ConfigOf("bursty", 30);
  config.base_rate_qps = 100;
  config.arrival_cv2 = 8;
  const std::vector<std::int64_t> all = ArrivalsPs(config);
  GeneratorConfig gamma = ConfigOf("gamma", 30, 1000), constant = ConfigOf("constant", 100, 1000);
  gamma.arrival_cv2 = 8;
  std::vector<std::int64_t> merged = ArrivalsPs(gamma), base = ArrivalsPs(constant);
  merged.insert(merged.end(), base.begin(), base.end());
  std::sort(merged.begin(), merged.end());
  for (std::size_t i = 0; i < 1000; ++i) EXPECT_EQ(all[i], merged[i]) << i;
  // 130/s; the number of bursts' queries in time t has deviation √(30 t CV²) about.
  const double seconds = static_cast<double>(all.back()) * 1e-12;
  EXPECT_NEAR(1e5, 130 * seconds, 6 * std::sqrt(30 * seconds * 8));
  config.base_rate_qps = 0;
  gamma.queries = config.queries = 200;
  EXPECT_EQ(ArrivalsPs(config), ArrivalsPs(gamma));
}

// How many arrive from `from_s` to `to_s`.
double CountBetween(const std::vector<std::int64_t>& arrivals, double from_s, double to_s) {
  return static_cast<double>(std::count_if(arrivals.begin(), arrivals.end(), [&](std::int64_t ps) {
    const double s = static_cast<double>(ps) * 1e-12;
    return s >= from_s && s < to_s;
  }));
}

// Poisson counts have deviation √mean.
void ExpectCount(const std::vector<std::int64_t>& arrivals, double from_s, double to_s, double mean) {
  EXPECT_NEAR(CountBetween(arrivals, from_s, to_s), mean, 6 * std::sqrt(mean)) << from_s << " to " << to_s;
}

TEST(Arrivals, RampHasItsRatesAtBothEndsAndBetween) {
  GeneratorConfig config = ConfigOf("ramp", 100, 200'000);
  config.ramp_to_qps = 900;
  config.ramp_qps_per_s = 4;  // 200 s
  const std::vector<std::int64_t> up = ArrivalsPs(config);
  ExpectCount(up, 0, 10, 10 * 120);
  ExpectCount(up, 95, 105, 10 * 500);
  ExpectCount(up, 190, 200, 10 * 880);
  ExpectCount(up, 0, 200, 200 * 500);
  ExpectCount(up, 200, 300, 100 * 900);
  config.arrival_rate_qps = 900;
  config.ramp_to_qps = 100;
  config.queries = 110'000;
  const std::vector<std::int64_t> down = ArrivalsPs(config);
  ExpectCount(down, 0, 10, 10 * 880);
  ExpectCount(down, 190, 200, 10 * 120);
  ExpectCount(down, 200, 250, 50 * 100);
}

TEST(Arrivals, RampOfCv2ZeroFollowsTheFormula) {
  GeneratorConfig config = ConfigOf("ramp", 0, 40);
  config.ramp_to_qps = 4;
  config.ramp_qps_per_s = 2;  // t² queries in 2 s, then 4 a second
  config.arrival_cv2 = 0;
  const std::vector<std::int64_t> arrivals = ArrivalsPs(config);
  EXPECT_EQ(arrivals[0], 1'000'000'000'000);
  EXPECT_EQ(arrivals[1], 1'414'213'562'373);
  EXPECT_EQ(arrivals[3], 2'000'000'000'000);
  EXPECT_EQ(arrivals[4], 2'250'000'000'000);
  EXPECT_EQ(arrivals[39], 11'000'000'000'000);
}

TEST(Arrivals, ARampDownToZeroEndsAndSaysAfterHowMany) {
  GeneratorConfig config = ConfigOf("ramp", 10, 24);
  config.ramp_to_qps = 0;
  config.ramp_qps_per_s = 2;  // 25 queries in 5 s
  config.arrival_cv2 = 0;
  EXPECT_EQ(ArrivalsPs(config).size(), 24u);
  EXPECT_EQ(ArrivalsPs(config)[23], 4'000'000'000'000);  // 10t − t² = 24
  config.queries = 26;
  EXPECT_EQ(ErrorOf(config),
            "ramp_to_qps: the ramp ends at rate 0 after 24 queries and no more arrive: expected a rate above "
            "0, or fewer queries");
}

// An interrupted Poisson stream has independent gaps of mean (1 + off/on)/rate and
// CV² = 1 + 2 rate on off² / (on + off)² (Kuczura 1973).
TEST(Arrivals, OnOffHasTheGapsOfAnInterruptedPoissonStream) {
  GeneratorConfig config = ConfigOf("on_off", 40, 400'000);
  config.on_phase_s = 0.5;
  config.off_phase_s = 1.5;
  const Moments gaps = GapMoments(ArrivalsPs(config));
  const double cv2 = 1 + 2 * 40 * 0.5 * 1.5 * 1.5 / (2.0 * 2.0);
  EXPECT_NEAR(gaps.mean_s, 0.1, 6 * 0.1 * std::sqrt(cv2 / 4e5));
  EXPECT_NEAR(gaps.cv2, cv2, 0.09 * cv2);  // the gaps' fourth moment makes the standard error 1.5 %
  config.off_phase_s = 0;
  const Moments poisson = GapMoments(ArrivalsPs(config));
  EXPECT_NEAR(poisson.mean_s * 40, 1, 6 * std::sqrt(1 / 4e5));
  EXPECT_NEAR(poisson.cv2, 1, 6 * std::sqrt(4 / 4e5));
}

TEST(Arrivals, MultiStreamComesInBatchesAndOfflineAtOnce) {
  GeneratorConfig config = ConfigOf("multi_stream", 0, 7);
  config.batch_queries = 3;
  config.batch_interval_us = 0.5;
  EXPECT_EQ(ArrivalsPs(config), (std::vector<std::int64_t>{0, 0, 0, 500'000, 500'000, 500'000, 1'000'000}));
  EXPECT_EQ(ArrivalsPs(ConfigOf("offline", 0, 3)), (std::vector<std::int64_t>{0, 0, 0}));
}

TEST(Arrivals, NameTheKeyThatIsWrong) {
  for (const char* arrivals : {"poisson", "server", "gamma", "bursty", "on_off", "constant"}) {
    EXPECT_EQ(ErrorOf(ConfigOf(arrivals, 0)),
              std::string("arrival_rate_qps: expected above 0 for arrivals '") + arrivals + "'");
  }
  EXPECT_EQ(ErrorOf(ConfigOf("poison", 1)), "arrivals: unknown name 'poison' (did you mean 'poisson'?)");
  EXPECT_EQ(ErrorOf(ConfigOf("ramp", 0)), "ramp_to_qps: expected above 0 for a ramp from arrival_rate_qps 0");
  EXPECT_EQ(ErrorOf(ConfigOf("ramp", 1)), "ramp_qps_per_s: expected above 0 for arrivals 'ramp'");
  EXPECT_EQ(ErrorOf(ConfigOf("poisson", -1)), "arrival_rate_qps: expected from 0 to 1e12");
  GeneratorConfig config = ConfigOf("gamma", 1);
  config.arrival_cv2 = std::nan("");
  EXPECT_EQ(ErrorOf(config), "arrival_cv2: expected from 0 to 1e6");
  config = ConfigOf("multi_stream", 0);
  config.batch_queries = 0;
  EXPECT_EQ(ErrorOf(config), "batch_queries: expected from 1 to 1e9");
  config = ConfigOf("on_off", 1);
  config.on_phase_s = 0.0009;
  EXPECT_EQ(ErrorOf(config),
            "on_phase_s: expected at least 0.001 queries in a mean on-phase (arrival_rate_qps * on_phase_s)");
}

TEST(Arrivals, BeyondWhatATraceMayHoldAreRefused) {
  const std::string rate =
      "arrival_rate_qps: too low for this many queries: expected the last arrival within "
      "1e12 us";
  EXPECT_EQ(ErrorOf(ConfigOf("constant", 1e-5, 11)), rate);
  EXPECT_EQ(ErrorOf(ConfigOf("constant", 1e-5, 10)), "no error");
  EXPECT_EQ(ErrorOf(ConfigOf("gamma", 1e-5, 1000)), rate);
  GeneratorConfig config = ConfigOf("multi_stream", 0);
  config.batch_interval_us = 1e12;
  config.batch_queries = 1;
  config.queries = 3;
  EXPECT_EQ(ErrorOf(config),
            "batch_interval_us: too large for this many queries: expected the last arrival within 1e12 us");
  config = ConfigOf("on_off", 1, 100);
  config.off_phase_s = 1e6;
  EXPECT_EQ(ErrorOf(config), rate);
}

}  // namespace
}  // namespace sushi
