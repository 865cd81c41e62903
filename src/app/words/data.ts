/** Words of the data screen: what is measured on what, the datasets, the weights, what the browser keeps. */
import { plural, pluralOf } from '../../base/text/plural.ts';
export const data = {
  linkStart: 'https://',
  subject: 'What is measured',
  network: 'Network',
  images: 'Images',
  size: 'Size of the images',
  ownSize: 'their own',
  pixels: (side: number) => `${side} × ${side}`,
  notHere: (title: string) => `${title} (not here yet)`,
  unknownSet: (name: string) => `${name} (not in this browser)`,
  learnedOn: (title: string, what: string) => `${title}, trained on ${what}`,
  subjectNote:
    'An ImageNet network scores Imagenette through the ten of its 1000 logits that are these classes, without any training. Other classes it must learn first.',

  datasets: 'Datasets',
  datasetsNote: 'A dataset comes in once and is then here without the network. Nothing is uploaded.',
  weights: 'Pretrained networks',
  weightsNote:
    'Trained on the 1.28 million photos of ImageNet, by others; they come in once, too. And files of yours: a ResNet or a MobileNetV2 that another tool wrote, or a quantized file that this page wrote.',
  bringIt: {
    own: 'Bring a ResNet or a MobileNetV2 as .onnx or .safetensors, or what Teachable Machine downloads, below: then it can be chosen as the network above.',
    quantized:
      'Bring a quantized .onnx that this page wrote below: then it can be measured beside what is quantized here, raced, and asked about photos.',
  },
  madeOnClasses:
    'Record photos on the screen Your own classes and train: then it is here, and can be chosen as the network above.',
  file: {
    title: 'Your quantized file',
    measure: 'Measure it on the images above',
    opening: 'Opening…',
    holds: (bits: string, bytes: string) => `It holds ${bits}, ${bytes}, code for code as it was written.`,
    result: (top1: string, images: string, points: string) =>
      `It recognises ${top1} of ${plural(images, 'test image')}, ${points} points to 32-bit float.`,
    time: (ms: string) => `It takes ${ms} an image.`,
    pending: 'It is being measured.',
  },

  ask: {
    which: 'Which folder names the classes?',
    look: 'Before it comes in',
    large: 'It will take much room',
    size: (bytes: string, free: string | null) =>
      `It will take up to about ${bytes} in this browser${free === null ? '' : `, which has about ${free} left`}: pictures are kept as pixels, so that they need not be decoded again and again.`,
    noRoom: 'What finds no room is kept in memory, until the page closes.',
    leftOut: 'Go on without these pictures?',
    goOn: 'Import it so',
    without: 'Go on without them',
    leave: 'Leave it',
    parts: 'A second file is missing',
    missing: (names: readonly string[]) =>
      `The .onnx file holds the network without its weights: they lie in ${names.join(', ')}, which its exporter wrote beside it. Drop that file here, too, or choose it below.`,
  },
  about: {
    show: (title: string) => `What ${title} holds`,
    reading: 'Reading what it holds…',
    holds: (architecture: string, bits: number, layers: number, classes: number, side: number) =>
      `${architecture}, ${bits === 32 ? '32-bit float' : `${bits} bits`}: ${plural(layers, 'layer')} with weights, ${plural(classes, 'class', 'classes')}, made for images of ${side} × ${side}.`,
    unnamed: 'The file does not name its classes.',
    normalization: (mean: string, std: string, why: string) =>
      `Pixels are scaled by the mean ${mean} and the deviation ${std}: ${why}.`,
    reasons: {
      file: 'the file says it',
      graph: 'the first operators of its graph do it',
      buffers: 'a normalizing layer in the file has them',
      convention: 'the file does not say it, and torchvision’s networks are trained with it',
      chosen: 'you chose it, for the file does not say it',
      assumed: 'assumed, for the file does not say it. If it was trained with others, its numbers come out too low',
    },
    choose: 'It expects its pixels',
    notChosen: 'as said above',
    layers: (count: number) => plural(count, 'layer'),
    here: 'Layer',
    inFile: 'In the file',
    kind: 'Kind',
    kinds: { conv: 'convolution', linear: 'dense' } as Readonly<Record<string, string>>,
  },
  order: {
    title: 'Are the classes in this order?',
    why: 'Nothing is measured before you have looked. These are test images of each class, and what the network calls them:',
    asking: 'The network is looking at a few images of each class…',
    folder: 'Class of the images',
    answers: 'What the network says',
    picture: (place: number, truth: string, answer: string) => `Image ${place} of ${truth}: the network says ${answer}`,
    agree: (right: number, all: number) =>
      `${right} of ${plural(all, 'answer')} ${pluralOf(right, 'is', 'are')} the image’s own class.`,
    few: 'That is fewer than half: the order is probably another, or the network has not learned these classes.',
    yes: 'The order is right: measure',
    no: 'Choose another network or other images',
  },
  described: {
    classes: (count: string, first: readonly string[]) =>
      `${plural(count, 'class', 'classes')}: ${first.join(', ')}${Number(count) > first.length || count.includes(',') ? ', …' : ''}`,
    counts: 'Images of each class',
    leftOut: (count: string) => `${plural(count, 'file')} ${pluralOf(count, 'is', 'are')} left out`,
    reasons: {
      unlabelled: 'in no class’s folder',
      copy: 'copies of pictures that are here already',
      'in both splits': 'training pictures that are test pictures, too, byte for byte',
      'beside the splits': 'beside the folders of the splits, in none of them',
      'symbolic link': 'symbolic links, which are not followed',
      'archive inside': 'archives inside: unpack them first',
      'not a picture': 'no pictures',
      'system file': 'left behind by a system',
      damaged: 'damaged or cut short',
      format: 'in a format that is not decoded here',
    } as Readonly<Record<string, string>>,
    reason: (reason: string, count: string, examples: readonly string[]) =>
      `${count}: ${reason}${examples.length > 0 ? ` (${examples.join(', ')}, …)` : ''}`,
  },

  importing: 'Importing',
  importingThe: (text: string) => `Importing: ${text}`,
  ready: (train: string, test: string, size: string, kept: string) =>
    `Ready: ${train} training and ${plural(test, 'test image')}, ${size} ${kept}`,
  weightsReady: (file: string, size: string, kept: string) => `Ready: ${file}, ${size} ${kept}`,
  keptHere: 'in this browser',
  keptInMemory: 'in memory until the page closes',
  absent: 'Not here yet',
  damaged: 'Damaged: a part has changed since it was imported. Import it again, or remove it.',
  interrupted: (done: string, total: string | null) =>
    `Interrupted: ${done}${total === null ? '' : ` of ${total}`}. Start it again to go on.`,
  from: (from: string) => `From ${from}.`,
  sameAsPublished: 'Compared with the published images: the same.',
  nothingPublished: 'Nobody has published a hash to compare with; this import’s is recorded.',
  sameFile: 'Its SHA-256 is the published one.',
  ownFile: 'A file of your own: its SHA-256 is recorded, there is none to compare with.',

  pause: 'Pause',
  cancel: 'Cancel',
  cancelLong: 'Cancel the import: nothing of it stays',
  room: (bytes: string, free: string | null) =>
    `It will take about ${bytes} in this browser${free === null ? '' : `, which has about ${free} left`}.`,
  download: (what: string, size: string | null) => `Download ${what}${size === null ? '' : ` (${size})`}`,
  goOnWith: (what: string, size: string | null) => `Go on with ${what}${size === null ? '' : ` (${size})`}`,
  showImages: 'Show images',
  hideImages: 'Hide images',
  check: (title: string) => `Check ${title}`,
  remove: (title: string) => `Remove ${title}`,

  sources: 'Sources and licences',
  dropIt: ': download the file there and drop it below',
  published: 'Checked against published hashes.',
  firstUse: 'No published hash: the first import’s is recorded.',

  bring: 'Bring a file, a folder or a link',
  itIs: 'It is',
  whole: (title: string) => `${title}, whole`,
  weightsOf: (title: string) => `weights of ${title}`,
  mine: 'what its content says: photos, a set, a network',
  ownNetwork: 'a network of mine, whatever it is',
  normalization: 'A network whose file does not say how its pixels are scaled expects them',
  normalizationUnsaid: 'as torchvision has it, and the page says that it was assumed',
  normalizations: {
    imagenet: 'as ImageNet (torchvision)',
    cifar10: 'as CIFAR-10',
    unit: 'from 0 to 1',
    signed: 'from −1 to 1',
  },
  drop: 'Drop anywhere on this screen: an archive (tar, tar.gz, zip), parquet files, a folder whose sub-folders are the classes, a network as .onnx or .safetensors, or what Teachable Machine downloads (its zip, or model.json, weights.bin and metadata.json together).',
  /** @param name of the files or the link */
  missed: (name: string) =>
    `Not taken: ${name}. Another import was under way, and there is one at a time: bring it again when that has ended.`,
  chooseFiles: 'Or choose files',
  chooseFolder: 'or a folder',
  link: 'Link',
  importLink: 'Import the link',

  className: 'Class',
  training: 'Training',
  test: 'Test',
  testImages: 'Test images',
  sheet: (count: number, className: string) => `${plural(count, 'test image')} of ${className}`,

  usage: (used: string, quota: string) => `This page uses ${used} of about ${quota} that the browser gives it.`,
  persisted: 'The browser has promised to keep it until you remove it.',
  notPersisted: 'The browser may clear it when the disk runs full.',
  asksPersist: 'With the next import the page asks the browser to keep it.',
  refused: 'It was asked to keep it and did not promise to.',
};
