using System.Text;

namespace Qubes.Tools.Admin;

/// <summary>
/// Cuts a stream of bytes into events (spec: Admin API, section 5). Bounded: a record that does not fit
/// <see cref="MaximumLength"/> ends the stream with an error, however it is split.
/// <code>
/// record    = "1" NUL subject NUL event NUL *(key NUL value NUL) NUL   ; the key that ends it is empty
/// exception = "2" NUL class NUL traceback NUL message NUL              ; may follow events
/// nothing   = "0" NUL                                                  ; a stream that ended without an event
/// </code>
/// </summary>
internal sealed class EventReader(string method)
{
    /// <summary>Bytes that one record may have.</summary>
    public const int MaximumLength = 1 << 20;

    private byte[] bytes = new byte[4096];
    private int start;
    private int end;

    /// <summary>Room for more input; call <see cref="Added"/> with what was put there.</summary>
    public Memory<byte> Room()
    {
        if (start > 0 && start == this.end)
            start = this.end = 0;
        if (this.end == this.bytes.Length)
        {
            if (start > 0)
            {
                this.bytes.AsSpan(start..this.end).CopyTo(this.bytes);
                (start, this.end) = (0, this.end - start);
            }
            else
            {
                Array.Resize(ref this.bytes, Math.Min(this.bytes.Length * 2, MaximumLength));
            }
        }

        return this.bytes.AsMemory(this.end);
    }

    public void Added(int count) => this.end += count;

    /// <summary>Takes the next complete event; false if more input is needed.</summary>
    /// <exception cref="AdminException">The stream carries an exception record.</exception>
    /// <exception cref="MalformedAnswerException">The bytes are outside the grammar, or the record is too long.</exception>
    public bool TryTake(out AdminEvent? taken)
    {
        taken = null;
        var bytes = this.bytes.AsSpan(start..this.end);
        if (bytes.Length < 2)
            return false;
        if (bytes[1] != 0 || bytes[0] is not ((byte)'0' or (byte)'1' or (byte)'2'))
            throw new MalformedAnswerException($"the event stream of {method} has a record of an unknown kind");
        if (bytes[0] == '0')
        {
            return bytes.Length == 2
                ? false
                : throw new MalformedAnswerException($"{method} answered with a result where events were expected");
        }
        if (bytes[0] == '2')
            return bytes[2..].Count((byte)0) >= 3 ? throw AdminResponse.ParseException(bytes[2..], method) : RequireRoom(bytes);
        if (!TryParse(bytes[2..], out taken, out var length))
            return RequireRoom(bytes);
        start += 2 + length;
        return true;
    }

    /// <summary>Call at end of file.</summary>
    /// <exception cref="MalformedAnswerException">The stream ended within a record.</exception>
    public void Finish()
    {
        if (this.end - start is not 0 && !this.bytes.AsSpan(start..this.end).SequenceEqual("0\0"u8))
            throw new MalformedAnswerException($"the event stream of {method} ended within a record");
    }

    private bool RequireRoom(ReadOnlySpan<byte> record) =>
        record.Length < MaximumLength
            ? false
            : throw new MalformedAnswerException($"an event of {method} is longer than {MaximumLength} bytes");

    private static bool TryParse(ReadOnlySpan<byte> rest, out AdminEvent? parsed, out int length)
    {
        parsed = null;
        length = 0;
        var whole = rest.Length;
        if (!TryField(ref rest, out var subject) || !TryField(ref rest, out var name))
            return false;
        var arguments = new List<KeyValuePair<string, string>>();
        while (TryField(ref rest, out var key))
        {
            if (key.IsEmpty)
            {
                parsed = new AdminEvent(Text(subject), Text(name), arguments);
                length = whole - rest.Length;
                return true;
            }

            if (!TryField(ref rest, out var value))
                return false;
            arguments.Add(new(Text(key), Text(value)));
        }

        return false;
    }

    private static bool TryField(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> field)
    {
        var end = rest.IndexOf((byte)0);
        field = end < 0 ? default : rest[..end];
        if (end >= 0)
            rest = rest[(end + 1)..];
        return end >= 0;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
