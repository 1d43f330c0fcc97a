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

    private byte[] _bytes = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>Room for more input; call <see cref="Added"/> with what was put there.</summary>
    public Memory<byte> Room()
    {
        if (_start > 0 && _start == _end)
            _start = _end = 0;
        if (_end == _bytes.Length)
        {
            if (_start > 0)
            {
                _bytes.AsSpan(_start.._end).CopyTo(_bytes);
                (_start, _end) = (0, _end - _start);
            }
            else
            {
                Array.Resize(ref _bytes, Math.Min(_bytes.Length * 2, MaximumLength));
            }
        }

        return _bytes.AsMemory(_end);
    }

    public void Added(int count) => _end += count;

    /// <summary>Takes the next complete event; false if more input is needed.</summary>
    /// <exception cref="AdminException">The stream carries an exception record.</exception>
    /// <exception cref="MalformedAnswerException">The bytes are outside the grammar, or the record is too long.</exception>
    public bool TryTake(out AdminEvent? taken)
    {
        taken = null;
        var bytes = _bytes.AsSpan(_start.._end);
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
        _start += 2 + length;
        return true;
    }

    /// <summary>Call at end of file.</summary>
    /// <exception cref="MalformedAnswerException">The stream ended within a record.</exception>
    public void Finish()
    {
        if (_end - _start is not 0 && !_bytes.AsSpan(_start.._end).SequenceEqual("0\0"u8))
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
