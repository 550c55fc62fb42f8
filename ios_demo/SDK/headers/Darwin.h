#pragma once
#include "ObjectiveC.h"
int sysctlbyname(const char *_Nonnull name, void *_Nullable oldp, size_t *_Nullable oldlenp, void *_Nullable newp, size_t newlen);
