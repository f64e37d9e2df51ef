using System.Runtime.CompilerServices;

namespace ReactiveQuery;

public sealed partial class QueryKey
{
    /// <summary>Collects segments, checks each, and folds the hash from left to right, so that a key continues the hash of its prefix.</summary>
    private ref struct Builder
    {
        private const int Multiplier = unchecked((int)0x9E3779B1);

        public readonly object?[]? Many;
        public FewSegments Few;
        public int Count;
        public int Hash;
        public int TextLength;
        public int Weight;

        public Builder(int capacity)
        {
            CheckWeight(capacity);
            Many = capacity > FewSegments.Capacity ? new object?[capacity] : null;
        }

        public Builder(QueryKey prefix, int more)
            : this(prefix.Count + more)
        {
            prefix.Segments.CopyTo(Many ?? (Span<object?>)Few);
            (Count, Hash, TextLength, Weight) = (prefix.Count, prefix._hash, prefix._textLength, prefix._weight);
        }

        public void Add(object? segment)
        {
            Measure(segment);
            Hash = unchecked((Hash * Multiplier) + HashOf(segment));
            if (Many is null)
            {
                Few[Count++] = segment;
            }
            else
            {
                Many[Count++] = segment;
            }
        }

        public readonly QueryKey Build() => new(this);

        // Zero, the hash of the empty key, would make ("a") and (0, "a") collide; one more keeps them apart.
        private static int HashOf(object? segment) => unchecked(1 + segment switch
        {
            null => 0,
            string text => text.GetHashCode(StringComparison.Ordinal),
            int number => number,
            _ => segment.GetHashCode(),
        });

        private void Measure(object? segment)
        {
            CheckWeight(++Weight);
            switch (segment)
            {
                case null or int:
                    break;
                case string text:
                    CheckText(TextLength += text.Length);
                    break;
                case QueryKey key:
                    CheckWeight(Weight += key._weight);
                    CheckText(TextLength += key._textLength);
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

    [InlineArray(Capacity)]
    private struct FewSegments
    {
        public const int Capacity = 3;
        private object? _first;
    }
}
