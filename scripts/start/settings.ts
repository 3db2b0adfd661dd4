/** User settings of the throw-away profile: the example's README in sight, and nothing that is not about it. Trust is as for anyone. */
export const firstLookSettings: Readonly<Record<string, unknown>> = {
  'workbench.startupEditor': 'readme',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
};
