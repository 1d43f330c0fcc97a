using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Qubes.Qrexec.Link;

/// <summary>Who a copied guest is to be: the payload of an IDENTITY frame. Disposing of it forgets the seed.</summary>
public sealed record LinkIdentity : IDisposable
{
    // Little-endian, nothing before, between or behind:
    //   offset 0   u32       version = 2
    //          4   64 bytes  seed
    //         68   u64       nanoseconds since 1970 UTC, at most 2^63-1
    //         76   16 bytes  machine id, in the order of its text
    //         92   16 bytes  boot id, in the order of its text
    //        108   u8        1 = a caller waits for the guest, 0 = nobody does yet
    //        109   u8, text  name: a letter, then up to 62 letters, digits, '_', '.', '-'
    //              u8, text  class: 1 to 32 letters
    //              u8, text  default user: as a name, or with '_' first; 1 to 32 characters

    /// <summary>Bytes of a seed.</summary>
    public const int SeedSize = 64;

    /// <summary>Bytes of the sample that a guest draws afterwards.</summary>
    public const int SampleSize = 32;

    internal const int LeastSize = TextsAt + 2 + 2 + 2;
    internal const int LargestSize = TextsAt + 1 + LongestName + 1 + LongestClass + 1 + LongestUser;

    private const int CurrentVersion = 2;
    private const int SeedAt = 4;
    private const int TimeAt = SeedAt + SeedSize;
    private const int MachineIdAt = TimeAt + sizeof(ulong);
    private const int BootIdAt = MachineIdAt + 16;
    private const int AwaitedAt = BootIdAt + 16;
    private const int TextsAt = AwaitedAt + 1;
    private const int LongestName = 63;
    private const int LongestClass = 32;
    private const int LongestUser = 32;
    private static readonly SearchValues<char> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    /// <summary><see cref="SeedSize"/> bytes that nobody else knows.</summary>
    public required byte[] Seed { get; init; }

    /// <summary>Nanoseconds since 1970 UTC.</summary>
    public required long Time { get; init; }

    /// <summary>The machine id; its text is that of format N.</summary>
    public required Guid MachineId { get; init; }

    /// <summary>The boot id.</summary>
    public required Guid BootId { get; init; }

    /// <summary>The qube's name.</summary>
    public required string Name { get; init; }

    /// <summary>The qube's class.</summary>
    public required string Class { get; init; }

    /// <summary>Who runs services that do not say.</summary>
    public required string User { get; init; }

    /// <summary>A caller waits for the guest, so it gets ready for a first call while it takes the identity.</summary>
    public required bool IsAwaited { get; init; }

    /// <summary>Whether a guest can be told it.</summary>
    public bool IsValid => Seed.Length == SeedSize && Time >= 0 && Fits(Name, 1, LongestName, NameCharacters) && Letters.Contains(Name[0])
        && Fits(Class, 1, LongestClass, Letters)
        && Fits(User, 1, LongestUser, NameCharacters) && (User[0] == '_' || Letters.Contains(User[0]));

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(Seed);

    /// <summary>Its wire form.</summary>
    internal byte[] Encode()
    {
        if (!IsValid)
            throw new ArgumentException("this identity cannot be told to a guest");
        var wire = new byte[TextsAt + 3 + Name.Length + Class.Length + User.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(wire, CurrentVersion);
        Seed.CopyTo(wire.AsSpan(SeedAt));
        BinaryPrimitives.WriteInt64LittleEndian(wire.AsSpan(TimeAt), Time);
        MachineId.TryWriteBytes(wire.AsSpan(MachineIdAt), bigEndian: true, out _);
        BootId.TryWriteBytes(wire.AsSpan(BootIdAt), bigEndian: true, out _);
        wire[AwaitedAt] = IsAwaited ? (byte)1 : (byte)0;
        var rest = wire.AsSpan(TextsAt);
        foreach (var text in (ReadOnlySpan<string>)[Name, Class, User])
        {
            rest[0] = (byte)text.Length;
            Encoding.ASCII.GetBytes(text, rest[1..]);
            rest = rest[(1 + text.Length)..];
        }

        return wire;
    }

    /// <summary>Reads one; null if it is malformed in any way.</summary>
    internal static LinkIdentity? TryRead(ReadOnlySpan<byte> wire)
    {
        if (wire.Length < LeastSize || BinaryPrimitives.ReadUInt32LittleEndian(wire) != CurrentVersion || wire[AwaitedAt] > 1)
            return null;
        var rest = wire[TextsAt..];
        if (TakeText(ref rest) is not { } name || TakeText(ref rest) is not { } kind || TakeText(ref rest) is not { } user || !rest.IsEmpty)
            return null;
        var identity = new LinkIdentity
        {
            Seed = wire.Slice(SeedAt, SeedSize).ToArray(),
            Time = BinaryPrimitives.ReadInt64LittleEndian(wire[TimeAt..]),
            MachineId = new Guid(wire.Slice(MachineIdAt, 16), bigEndian: true),
            BootId = new Guid(wire.Slice(BootIdAt, 16), bigEndian: true),
            IsAwaited = wire[AwaitedAt] == 1,
            Name = name,
            Class = kind,
            User = user,
        };
        if (identity.IsValid)
            return identity;
        identity.Dispose();
        return null;
    }

    // Records print all that they have.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(Name);
        return true;
    }

    private static bool Fits(string text, int least, int most, SearchValues<char> allowed) =>
        text.Length >= least && text.Length <= most && !text.AsSpan().ContainsAnyExcept(allowed);

    private static string? TakeText(ref ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty || rest.Length - 1 < rest[0])
            return null;
        var text = Encoding.Latin1.GetString(rest.Slice(1, rest[0]));
        rest = rest[(1 + rest[0])..];
        return text;
    }
}
