using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Tools.Admin;

namespace Qubes.Tools.Tests.Admin;

public sealed class AdminResponseTests
{
    [Theory]
    [InlineData("0\0", "")]
    [InlineData("0\0default=False type=int 500", "default=False type=int 500")]
    [InlineData("0\0a\0b", "a\0b")]
    public void A_result_is_everything_after_the_prefix(string answer, string result) =>
        Assert.Equal(result, Encoding.Latin1.GetString(Parse(answer).Span));

    [Theory]
    [InlineData("2\0QubesVMNotHaltedError\0\0Domain is not powered off: 'vm1'\0", "QubesVMNotHaltedError", "Domain is not powered off: 'vm1'")]
    [InlineData("2\0QubesVMNotFoundError\0\0No such domain: 'nonexist'\0", "QubesVMNotFoundError", "No such domain: 'nonexist'")]
    [InlineData("2\0QubesNoSuchPropertyError\0\0Invalid property 'abc' of vm1\0", "QubesNoSuchPropertyError", "Invalid property 'abc' of vm1")]
    [InlineData("2\0ProtocolError\0\0unexpected payload\0", "ProtocolError", "unexpected payload")]
    [InlineData("2\0PermissionDenied\0\0nope\0", "PermissionDenied", "nope")]
    public void An_exception_carries_its_class_and_message(string answer, string wireClass, string message)
    {
        var e = Assert.Throws<AdminException>(() => Parse(answer));
        Assert.Equal((wireClass, message, ""), (e.WireClass, e.Message, e.Traceback));
    }

    [Fact]
    public void Doubled_percent_signs_are_undone_except_where_the_daemon_does_not_double_them()
    {
        Assert.Equal("at 5% of 10%", Assert.Throws<AdminException>(() => Parse("2\0QubesException\0\0at 5%% of 10%%\0")).Message);
        Assert.Equal("at 5%%", Assert.Throws<AdminException>(() => Parse("2\0ProtocolError\0\0at 5%%\0")).Message);
        Assert.Equal("at 5%%", Assert.Throws<AdminException>(() => Parse("2\0PermissionDenied\0\0at 5%%\0")).Message);
    }

    [Theory]
    [InlineData("", "gave no answer")]
    [InlineData("0", "does not start with")]
    [InlineData("00", "does not start with")]
    [InlineData("3\0", "unknown kind")]
    [InlineData("1\0\0connection-established\0\0", "an event where a result")]
    [InlineData("2\0", "cut off")]
    [InlineData("2\0QubesException\0", "cut off")]
    [InlineData("2\0QubesException\0\0no end", "cut off")]
    public void Other_bytes_are_refused(string answer, string reason) =>
        Assert.Contains(reason, Assert.Throws<MalformedAnswerException>(() => Parse(answer)).Message);

    [Fact]
    public void No_bytes_make_it_fail_otherwise()
    {
        var kinds = Gen.Elements("", "0\0", "1\0", "2\0", "2\0QubesException\0", "\0");
        var answers = Gen.Zip(kinds, ArbMap.Default.GeneratorFor<byte[]>()).ToArbitrary();
        Check.QuickThrowOnFailure(Prop.ForAll(answers, pair =>
        {
            var (kind, rest) = pair;
            try
            {
                AdminResponse.Parse((byte[])[.. Encoding.Latin1.GetBytes(kind), .. rest], "test");
            }
            catch (Exception e) when (e is AdminException or MalformedAnswerException)
            {
                // The two ways to fail.
            }
        }));
    }

    private static ReadOnlyMemory<byte> Parse(string answer) => AdminResponse.Parse(Encoding.Latin1.GetBytes(answer), "admin.test");
}
