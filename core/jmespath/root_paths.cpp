#include "jmespath/root_paths.h"

#include <set>

namespace ordinaut::jmespath {
namespace {

// What a node's value is, as far as names tell: a place below the root, or something made along the
// way.
using Place = std::optional<Path>;

class Reader {
public:
    explicit Reader(const Program& program) : program_(program) {}

    // Everything the value of `node` takes from `current`, itself included.
    void read(NodeIndex node, const Place& current) {
        if (const Place place = follow(node, current)) paths_.insert(*place);
    }
    std::vector<Path> take() { return {paths_.begin(), paths_.end()}; }

private:
    Place follow(NodeIndex at, const Place& current) {
        const Node& node = program_.nodes[at];
        switch (node.kind) {
            case NodeKind::kCurrent: return current;
            case NodeKind::kLiteral: return std::nullopt;
            case NodeKind::kField: {
                if (!current) return std::nullopt;
                Path path = *current;
                path.push_back(node.text);
                return path;
            }
            case NodeKind::kSub: {
                const Place left = follow(node.left, current);
                return follow(node.right, left);
            }
            case NodeKind::kMultiList:
            case NodeKind::kMultiHash:
                for (const NodeIndex child : node.children) read(child, current);
                return std::nullopt;
            case NodeKind::kProjection:
            case NodeKind::kValueProjection:
            case NodeKind::kFilterProjection:
                read(node.left, current);
                read(node.right, std::nullopt);
                for (const NodeIndex child : node.children) read(child, std::nullopt);
                return std::nullopt;
            case NodeKind::kReference: read(node.left, std::nullopt); return std::nullopt;
            default:
                if (node.left >= 0) read(node.left, current);
                if (node.right >= 0) read(node.right, current);
                for (const NodeIndex child : node.children) read(child, current);
                return std::nullopt;
        }
    }

    const Program& program_;
    std::set<Path> paths_;
};

}  // namespace

std::vector<Path> root_paths_of(const Program& program) {
    Reader reader(program);
    reader.read(program.root, Path{});
    return reader.take();
}

}  // namespace ordinaut::jmespath
