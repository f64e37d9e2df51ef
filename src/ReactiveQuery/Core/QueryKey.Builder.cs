using System.Runtime.CompilerServices;

namespace ReactiveQuery;

public sealed partial class QueryKey
{
    /// <summary>Collects segments, checks each, and folds the hash from left to right, so that a key continues the hash of its prefix.</summary>
    private ref struct Builder
    {
        private const int Multiplier = unchecked((int)0x9E3779B1);

        private readonly object?[] _segments;
        private int _count;
        private int _hash;
        private int _textLength;
        private int _weight;

        public Builder(int capacity)
        {
            CheckWeight(capacity);
            _segments = capacity == 0 ? [] : new object?[capacity];
        }

        public Builder(QueryKey prefix, int more)
        {
            CheckWeight(prefix.Count + more);
            _segments = new object?[prefix.Count + more];
            prefix.Segments.CopyTo(_segments);
            (_count, _hash, _textLength, _weight) = (prefix.Count, prefix._hash, prefix._textLength, prefix._weight);
        }

        public void Add(object? segment)
        {
            Measure(segment);
            _hash = unchecked((_hash * Multiplier) + Hash(segment));
            _segments[_count++] = segment;
        }

        public readonly QueryKey Build() => new(_segments, _hash, _textLength, _weight);

        // Zero, the hash of the empty key, would make ("a") and (0, "a") collide; one more keeps them apart.
        private static int Hash(object? segment) => unchecked(1 + segment switch
        {
            null => 0,
            string text => text.GetHashCode(StringComparison.Ordinal),
            int number => number,
            _ => segment.GetHashCode(),
        });

        private void Measure(object? segment)
        {
            CheckWeight(++_weight);
            switch (segment)
            {
                case null or int:
                    break;
                case string text:
                    CheckText(_textLength += text.Length);
                    break;
                case QueryKey key:
                    CheckWeight(_weight += key._weight);
                    CheckText(_textLength += key._textLength);
                    break;
                default:
                    MeasureOther(segment);
                    break;
            }
        }

        private void MeasureOther(object segment)
        {
            switch (SegmentType.KindOf(segment))
            {
                case SegmentKind.ByReference:
                    throw new ArgumentException(SegmentType.Refusal(segment));
                case SegmentKind.Tuple:
                    // A tuple is as value-equal as its items.
                    var tuple = (ITuple)segment;
                    for (var i = 0; i < tuple.Length; i++)
                    {
                        Measure(tuple[i]);
                    }

                    break;
                case SegmentKind.Value:
                default:
                    break;
            }
        }

        private static void CheckWeight(int weight)
        {
            if (weight > MaxSegments)
            {
                throw new ArgumentException($"A query key has at most {MaxSegments} segments, those of nested keys and tuples included.");
            }
        }

        private static void CheckText(int length)
        {
            if (length > MaxTextLength)
            {
                throw new ArgumentException($"The text in a query key has at most {MaxTextLength} characters; this key has {length} or more. Use a hash or an id of the text.");
            }
        }
    }
}
