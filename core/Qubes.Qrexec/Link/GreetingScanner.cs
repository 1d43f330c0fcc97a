namespace Qubes.Qrexec.Link;

/// <summary>Finds a greeting in a stream whose beginning belongs to an earlier session.</summary>
internal sealed class GreetingScanner
{
    private readonly byte[] held = new byte[Greeting.Size];
    private int count;

    /// <summary>
    /// Takes input up to and including the first whole greeting that is in range and, if <paramref name="nonce"/> is given,
    /// has that nonce. Null when all input was taken without one.
    /// </summary>
    public Greeting? Scan(ref ReadOnlySpan<byte> input, Guid? nonce)
    {
        while (!input.IsEmpty)
        {
            if (count == 0)
            {
                var start = input.IndexOf(Greeting.Magic[0]);
                input = start < 0 ? [] : input[start..];
                if (start < 0)
                    return null;
            }

            held[count++] = input[0];
            input = input[1..];
            DropMismatch();
            if (count < Greeting.Size)
                continue;
            var greeting = Greeting.TryRead(held);
            if (greeting is { } found && (nonce is null || found.Nonce == nonce))
            {
                count = 0;
                return found;
            }

            // Not ours, or none at all: another may begin within what it seemed to consist of.
            held[0] = 0;
            DropMismatch();
        }

        return null;
    }

    /// <summary>Forgets what was held.</summary>
    public void Reset() => count = 0;

    private void DropMismatch()
    {
        var start = 0;
        while (start < count && !Fits(held.AsSpan(start, count - start)))
            start++;
        if (start == 0)
            return;
        held.AsSpan(start, count - start).CopyTo(held);
        count -= start;
    }

    private static bool Fits(ReadOnlySpan<byte> text)
    {
        var length = Math.Min(text.Length, Greeting.Magic.Length);
        return text[..length].SequenceEqual(Greeting.Magic[..length]);
    }
}
