/** The steps of the story of 2021, by the names that links and words give them. */
export const STORY_STEPS = ['cliff', 'channels', 'ranges', 'ends', 'repair'] as const;

export type StoryStep = (typeof STORY_STEPS)[number];
