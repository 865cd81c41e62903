/** Which networks an operator that is not read here belongs to: it tells a person what the file holds. */

const OWNERS: readonly (readonly [operators: RegExp, networks: string])[] = [
  [/^(?:Sigmoid|HardSigmoid)$/, 'EfficientNet, MobileNetV3 and others with squeeze-and-excitation'],
  [/^(?:HardSwish|Swish|Mish)$/, 'MobileNetV3 and EfficientNet'],
  [/^(?:Gelu|Erf|LayerNormalization|Attention|MatMulNBits|Einsum)$/, 'vision transformers and ConvNeXt'],
  [/^(?:LeakyRelu|PRelu|Elu|Selu|Celu)$/, 'YOLO and SqueezeNext'],
  [/^(?:LRN)$/, 'AlexNet and GoogLeNet'],
  [/^(?:Concat|Split)$/, 'DenseNet, Inception and SqueezeNet'],
  [/^(?:Resize|Upsample|ConvTranspose|NonMaxSuppression|TopK|ArgMax)$/, 'detectors and segmentation'],
  [/^(?:GroupNormalization|InstanceNormalization)$/, 'BiT and style transfer'],
  [/^(?:LSTM|GRU|RNN)$/, 'recurrent networks'],
  [/^(?:Loop|If|Scan)$/, 'scripted models: export with torch.onnx.export of a model in eval() mode'],
];

/** '' where nobody in particular has it. */
export const whoHas = (opType: string): string => OWNERS.find(([operators]) => operators.test(opType))?.[1] ?? '';
