using System.Text;

namespace Qubes.Policy.Tests.Mutation;

/// <summary>Spoils bytes in the ways that files get spoilt: flipped, cut, doubled, and pieces of the language in the wrong place.</summary>
internal sealed class Mutator(Random random, string[] pieces)
{
    private readonly byte[][] pieces = [.. pieces.Select(Encoding.UTF8.GetBytes)];

    public byte[] Mutate(byte[] original)
    {
        List<byte> bytes = [.. original];
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 4 when at < bytes.Count:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes.InsertRange(at, pieces[random.Next(pieces.Length)]);
                    break;
            }
        }
        return [.. bytes];
    }
}
