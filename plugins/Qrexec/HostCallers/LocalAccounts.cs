using System.Runtime.InteropServices;

namespace Qubes.Plugins.Qrexec.HostCallers;

/// <summary>The accounts as the C library finds them, in local files or wherever else the host keeps them.</summary>
internal sealed partial class LocalAccounts : ILocalAccounts
{
    private const int RecordRoom = 64 * 1024;
    private const int MostGroups = 65536;

    // struct passwd: char *pw_name, char *pw_passwd, uid_t pw_uid, gid_t pw_gid, …    struct group: char *gr_name, char *gr_passwd, gid_t gr_gid, …
    private const int StructRoom = 128;
    private const int GidOfUser = 20;
    private const int GidOfGroup = 16;

    public string? UserName(uint uid) => Find(uid)?.Name;

    public bool IsMember(uint uid, string group)
    {
        if (Find(uid) is not var (name, primary) || GroupId(group) is not { } wanted)
            return false;
        int count = 64;
        var groups = new uint[count];
        while (GetGroupList(name, primary, groups, ref count) < 0)
        {
            if (groups.Length >= MostGroups)
                return false;
            count = Math.Clamp(count, groups.Length * 2, MostGroups);
            groups = new uint[count];
        }
        return groups.AsSpan(0, count).Contains(wanted);
    }

    private static unsafe (string Name, uint Gid)? Find(uint uid)
    {
        byte* record = stackalloc byte[StructRoom];
        var texts = new byte[RecordRoom];
        fixed (byte* room = texts)
        {
            if (GetUser(uid, record, room, RecordRoom, out nint found) != 0 || found == 0)
                return null;
            string? name = Marshal.PtrToStringUTF8(*(nint*)record);
            return name is null ? null : (name, *(uint*)(record + GidOfUser));
        }
    }

    private static unsafe uint? GroupId(string group)
    {
        byte* record = stackalloc byte[StructRoom];
        // A group lists all its members: one with more than fit is taken for none.
        var texts = new byte[16 * RecordRoom];
        fixed (byte* room = texts)
        {
            return GetGroup(group, record, room, texts.Length, out nint found) != 0 || found == 0 ? null : *(uint*)(record + GidOfGroup);
        }
    }

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static unsafe partial int GetUser(uint uid, byte* record, byte* room, nint length, out nint found);

    [LibraryImport("libc", EntryPoint = "getgrnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int GetGroup(string name, byte* record, byte* room, nint length, out nint found);

    [LibraryImport("libc", EntryPoint = "getgrouplist", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetGroupList(string name, uint primary, [Out] uint[] groups, ref int count);
}
