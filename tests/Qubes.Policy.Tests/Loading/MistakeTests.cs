using System.Text;
using Qubes.Policy.Loading;

namespace Qubes.Policy.Tests.Loading;

public sealed class MistakeTests
{
    [Theory]
    [InlineData("a.Svc * a", "five words")]
    [InlineData("a.Svc * a b permit", "'permit' is no action")]
    [InlineData("a+Svc * a b allow", "is no service")]
    [InlineData("a.Svc x a b allow", "is no argument")]
    [InlineData("a.Svc +é a b allow", "is no argument")]
    [InlineData("* + a b allow", "with service *")]
    [InlineData("a.Svc * @default b allow", "cannot be a source")]
    [InlineData("a.Svc * @dispvm b allow", "cannot be a source")]
    [InlineData("a.Svc * a @dispvm: allow", "cannot be a target")]
    [InlineData("a.Svc * a @dispvm:@tag: allow", "cannot be a target")]
    [InlineData("a.Svc * a @dispvm:@adminvm allow", "cannot be a target")]
    [InlineData("a.Svc * a @uuid:x allow", "cannot be a target")]
    [InlineData("a.Svc * a b allow #", "is no parameter")]
    [InlineData("a.Svc * a b allow user=x user=x", "user= is given twice")]
    [InlineData("a.Svc * a b allow default_target=b", "allow takes no 'default_target='")]
    [InlineData("a.Svc * a b deny user=x", "deny takes no 'user='")]
    [InlineData("a.Svc * a b ask target=", "target= cannot be ''")]
    [InlineData("a.Svc * a b ask target=*", "target= cannot be '*'")]
    [InlineData("a.Svc * a b ask default_target=@dispvm:@tag:x", "default_target= cannot be")]
    [InlineData("a.Svc * a b allow autostart=True", "autostart= cannot be 'True'")]
    [InlineData("a.Svc * a @default allow", "needs a target=")]
    [InlineData("a.Svc * a b allow user=\u0007", "control character")]
    [InlineData("\ufeffa.Svc * a b allow", "is no service")]
    [InlineData("!include", "is no directive")]
    [InlineData("!include a b", "is no directive")]
    [InlineData("!compat-4.0 now", "is no directive")]
    [InlineData("! include a", "is no directive")]
    [InlineData("!include gone", "there is no file /fixed/gone")]
    [InlineData("!include /fixed", "there is no file")]
    [InlineData("!include-dir gone", "there is no directory /fixed/gone")]
    [InlineData("!include-service a+b * x", "is no service")]
    [InlineData("!include-service a.Svc * gone", "there is no file")]
    public void A_mistake_is_told_with_file_and_line(string line, string what)
    {
        var mistake = new PolicyInMemory("# first", "", line, "also wrong").Mistake();

        Assert.StartsWith("/fixed/30-user.policy:3: ", mistake.Message);
        Assert.Contains(what, mistake.Message);
    }

    [Theory]
    [InlineData("work vault")]
    [InlineData("a.Svc * work vault allow")]
    [InlineData("@include:x")]
    [InlineData("!include-dir x")]
    [InlineData("!include-service a * x")]
    [InlineData("!compat-4.0")]
    public void A_file_for_one_service_has_its_own_mistakes(string line)
    {
        var mistake = new PolicyInMemory("!include-service a.Svc * s").With("/fixed/s", "$anyvm $default allow,target=x", line).Mistake();

        Assert.Equal(("/fixed/s", 2), (mistake.File, mistake.Line));
    }

    [Theory]
    [InlineData("!include 30-user.policy")]
    [InlineData("!include ../fixed/./30-user.policy")]
    [InlineData("!include-dir .")]
    [InlineData("!include two")]
    [InlineData("!include-service a.Svc * s")]
    public void A_circle_of_includes_is_told_at_the_line_that_closes_it(string line)
    {
        var mistake = new PolicyInMemory("", line).With("/fixed/two", "!include 30-user.policy").With("/fixed/s", "!include s").Mistake();

        Assert.Contains("circle", mistake.Message);
        Assert.NotNull(mistake.Line);
    }

    [Fact]
    public void The_same_file_twice_in_a_row_is_no_circle()
    {
        var policy = new PolicyInMemory("!include x", "!include x").With("/fixed/x", "a.Svc * a b allow");

        Assert.Equal(2, policy.Load().Rules.Count);
    }

    [Fact]
    public void Includes_that_go_ever_deeper_are_refused()
    {
        var policy = new PolicyInMemory("!include x0");
        for (var i = 0; i < 40; i++)
            policy.With($"/fixed/x{i}", $"!include x{i + 1}");

        Assert.Contains("include one another", policy.Mistake().Message);
    }

    [Fact]
    public void Includes_that_multiply_are_refused_before_they_fill_the_memory()
    {
        var policy = new PolicyInMemory([.. Enumerable.Repeat("!include x0", 100)]);
        for (var i = 0; i < 5; i++)
            policy.With($"/fixed/x{i}", [.. Enumerable.Repeat($"!include x{i + 1}", 100)]);
        policy.With("/fixed/x5", "a.Svc * a b allow");

        Assert.Contains("in all", policy.Mistake().Message);
    }

    [Fact]
    public void A_file_or_a_policy_too_large_is_refused()
    {
        var large = Encoding.ASCII.GetBytes(new string('#', PolicyLimits.FileBytes + 1));
        Assert.Contains("bytes", new PolicyInMemory().With("/fixed/40-x.policy", large).Mistake().Message);

        var many = Encoding.ASCII.GetBytes(new string('\n', PolicyLimits.TotalLines + 1));
        Assert.Contains("lines", new PolicyInMemory().With("/fixed/40-x.policy", many).Mistake().Message);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_told_with_their_line()
    {
        byte[] bytes = [.. "# one\r\n# two\n"u8, 0x61, 0xff, .. "\nok"u8];

        Assert.Equal(3, new PolicyInMemory().With("/fixed/40-x.policy", bytes).Mistake().Line);
    }

    [Fact]
    public void A_name_with_a_bad_letter_makes_the_whole_policy_unusable()
    {
        Assert.Contains("X.policy", new PolicyInMemory().With("/run/X.policy").Mistake().Message);
    }

    [Fact]
    public void A_directory_that_is_missing_makes_it_unusable_too()
    {
        Assert.Contains("/fixed", Assert.Throws<PolicyLoadException>(
            () => PolicyLoader.Load(PolicyInMemory.Directories, new MemoryPolicyFiles())).Message);
    }

    [Fact]
    public void The_directory_of_R40_need_not_exist()
    {
        Assert.Empty(new PolicyInMemory("!compat-4.0").Load().Rules);
    }

    [Fact]
    public void Words_are_parted_by_any_white_space_and_lines_end_in_any_way()
    {
        var policy = new PolicyInMemory().With(
            "/fixed/40-x.policy", Encoding.UTF8.GetBytes("# x\ra.Svc\u00a0*\u001fa\u2003b\vallow\r\n\r\nb.Svc * a b deny"));

        Assert.Equal([2, 4], policy.Load().Rules.Select(r => r.Location.Line));
    }
}
