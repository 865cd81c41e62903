/** Images for a dry run: of the tiny network's size, one colour a class. */
import { colours } from '../../../src/tensor/testing/colours.ts';
import type { TrainingImages } from './training.ts';

export const tinyImages = (): TrainingImages => ({ train: colours(16), test: colours(8) });
