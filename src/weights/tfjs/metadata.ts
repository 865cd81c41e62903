/** What Teachable Machine writes beside a model: its labels, the size of its images, and what kind of project it is. */
import { plainText } from '../../base/plainText.ts';
import { isRecord, shown, type Config } from './config.ts';
import { MAX_SIDE } from './windows.ts';

export type TeachableMetadata = {
  readonly labels: readonly string[] | null;
  /** Side of the square input, in pixels. */
  readonly imageSize: number | null;
  /** Written by Teachable Machine's image library, whose pixels are scaled to -1 .. 1. */
  readonly isTeachable: boolean;
  readonly modelName: string | null;
};

/** No model that people make has more. */
const MOST_LABELS = 10_000;

const NONE: TeachableMetadata = { labels: null, imageSize: null, isTeachable: false, modelName: null };

/** @throws Error naming metadata.json and what is wrong with it, or the kind of project where it is not one of images */
export function metadataOf(bytes: Uint8Array | null): TeachableMetadata {
  if (!bytes) return NONE;
  let metadata: unknown;
  try {
    metadata = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Error('its metadata.json is not JSON: export the model again, or bring it without this file.');
  }
  if (!isRecord(metadata)) throw new Error('its metadata.json is no object: bring the model without this file.');
  refuseOtherProjects(metadata);
  const { labels = null, imageSize = null, packageName, modelName } = metadata;
  const isList = Array.isArray(labels) && labels.every((label) => typeof label === 'string');
  if (labels !== null && (!isList || labels.length > MOST_LABELS))
    throw new Error(
      `its metadata.json has the labels ${shown(labels)}, which must be a list of at most ${MOST_LABELS} names.`,
    );
  const isSize = Number.isInteger(imageSize) && (imageSize as number) > 0 && (imageSize as number) <= MAX_SIDE;
  if (imageSize !== null && !isSize)
    throw new Error(
      `its metadata.json has the imageSize ${shown(imageSize)}, which must be a whole number up to ${MAX_SIDE}.`,
    );
  return {
    labels: labels as readonly string[] | null,
    imageSize: imageSize as number | null,
    isTeachable: typeof packageName === 'string' && packageName.startsWith('@teachablemachine/'),
    modelName: typeof modelName === 'string' ? plainText(modelName, 80) || null : null,
  };
}

/** Teachable Machine has three kinds of projects. @throws Error naming the kind */
function refuseOtherProjects({ packageName, modelSettings, wordLabels, tfjsSpeechCommandsVersion }: Config): void {
  const name = typeof packageName === 'string' ? packageName : '';
  if (name.includes('pose') || (isRecord(modelSettings) && 'posenet' in modelSettings))
    throw new Error(
      'it is a pose project of Teachable Machine: its network reads the joints that PoseNet finds, not pictures. Bring an image project.',
    );
  if (wordLabels !== undefined || tfjsSpeechCommandsVersion !== undefined || /audio|speech/.test(name))
    throw new Error(
      'it is an audio project of Teachable Machine: its network reads spectrograms of sound, not pictures. Bring an image project.',
    );
}
