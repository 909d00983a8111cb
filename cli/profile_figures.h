// The drawings on the page of a profile, as HTML with SVG in it: where layers lie under the
// roofline, which cost most, and what batch sizes give. Pure. Names are text, whatever they hold.
#pragma once

#include <string>
#include <vector>

#include "cli/profile_report.h"
#include "cli/profile_run.h"
#include "cli/profile_sweep.h"

namespace convoy::cli {

// Empty where no layer computes.
std::string RooflineFigure(const ProfileSubject& subject, const BatchProfile& profile);

std::string CostFigure(const BatchProfile& profile);

// Images a second and the time of a run, each by batch size.
std::string SweepFigures(const std::vector<SweepRow>& rows);

}  // namespace convoy::cli
