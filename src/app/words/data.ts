/** Words of the data screen: what is measured on what, the datasets, the weights, what the browser keeps. */
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
    'Trained on the 1.28 million photos of ImageNet, by others; they come in once, too. And files of yours: a ResNet that another tool exported as ONNX, or a quantized file that this page wrote.',
  bringIt: {
    own: 'Bring an .onnx of a ResNet (Conv, BatchNormalization, Relu, MaxPool, Add, GlobalAveragePool, Flatten, Gemm) or .safetensors below: then it can be chosen as the network above.',
    quantized:
      'Bring a quantized .onnx that this page wrote below: then it can be measured beside what is quantized here, raced, and asked about photos.',
  },
  file: {
    title: 'Your quantized file',
    measure: 'Measure it on the images above',
    opening: 'Opening…',
    holds: (bits: string, bytes: string) => `It holds ${bits}, ${bytes}, code for code as it was written.`,
    result: (top1: string, images: string, points: string) =>
      `It recognises ${top1} of ${images} test images, ${points} points to 32-bit float.`,
    time: (ms: string) => `It takes ${ms} an image.`,
    pending: 'It is being measured.',
  },

  ask: {
    which: 'Which folder names the classes?',
    look: 'Before it comes in',
    leftOut: 'Go on without these pictures?',
    goOn: 'Import it so',
    without: 'Go on without them',
    leave: 'Leave it',
  },
  described: {
    leftOut: (count: string) => `${count} files are left out`,
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
    `Ready: ${train} training and ${test} test images, ${size} ${kept}`,
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
  normalization: 'An .onnx that does not say how its pixels are scaled expects them',
  normalizations: {
    imagenet: 'as ImageNet (torchvision)',
    cifar10: 'as CIFAR-10',
    unit: 'from 0 to 1',
    signed: 'from −1 to 1',
  },
  drop: 'Drop anywhere on this screen: an archive (tar, tar.gz, zip), parquet files, a folder whose sub-folders are the classes, or a network as .onnx or .safetensors.',
  chooseFiles: 'Or choose files',
  chooseFolder: 'or a folder',
  link: 'Link',
  importLink: 'Import the link',

  className: 'Class',
  training: 'Training',
  test: 'Test',
  testImages: 'Test images',
  sheet: (count: number, className: string) => `${count} test images of ${className}`,

  usage: (used: string, quota: string) => `This page uses ${used} of about ${quota} that the browser gives it.`,
  persisted: 'The browser has promised to keep it until you remove it.',
  notPersisted: 'The browser may clear it when the disk runs full.',
  asksPersist: 'With the next import the page asks the browser to keep it.',
  refused: 'It was asked to keep it and did not promise to.',
};
